#!/usr/bin/env bash
# Makes the systemd guest's root file system, once per recipe, and prints the archive that goes behind the guest's initrd.
#
# usage: eng/vm/systemd/build.sh        → .cache/vm/systemd-<hash of the recipe>/archive
#
# Debian forky with systemd and D-Bus, and nothing that a guest of two minutes needs not. Its files are in /tree of the
# initrd: eng/vm/init copies them to a tmpfs and starts systemd there. No disk, no drivers.
set -euo pipefail
cd "$(dirname "$0")/../../.."

suite=forky
mirror=http://deb.debian.org/debian
hash=$(find eng/vm/systemd -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
folder=$PWD/.cache/vm/systemd-$hash
if [ -e "$folder/archive" ]; then
  echo "$folder/archive"
  exit 0
fi

mkdir -p .cache/vm
work=$(mktemp -d "$PWD/.cache/vm/systemd.XXXXXX")
trap 'rm -rf "$work"' EXIT
echo "vm: fetching systemd of Debian $suite (once)" >&2
mkdir "$work/root"
tree=$work/root/tree
mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,libpam-systemd,dbus,dbus-user-session,busybox-static,procps,util-linux \
  --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Apt::Install-Recommends "false"' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  "$suite" "$tree" "$mirror" >&2

rm -rf "$tree"/var/lib/apt/lists "$tree"/var/cache/apt "$tree"/usr/share/{perl,i18n,zoneinfo} "$tree"/usr/lib/x86_64-linux-gnu/{perl-base,gconv}
chroot "$tree" useradd --create-home --uid 1000 --shell /bin/sh user
printf 'user:100000:65536\n' | tee "$tree/etc/subuid" >"$tree/etc/subgid"
cp --recursive eng/vm/systemd/etc/. "$tree/etc"
# What a machine without devices, log and logins has no use for.
for unit in systemd-udevd.service systemd-udev-trigger.service systemd-udev-load-credentials.service systemd-udevd-kernel.socket systemd-udevd-control.socket systemd-udevd-varlink.socket \
  systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket systemd-journald-audit.socket systemd-journal-flush.service systemd-journal-catalog-update.service \
  systemd-tmpfiles-setup.service systemd-tmpfiles-setup-dev.service systemd-tmpfiles-setup-dev-early.service systemd-tmpfiles-clean.timer \
  systemd-sysusers.service systemd-firstboot.service systemd-machine-id-commit.service systemd-hwdb-update.service systemd-ask-password-console.path systemd-ask-password-wall.path \
  systemd-random-seed.service systemd-boot-random-seed.service systemd-update-done.service ldconfig.service kmod-static-nodes.service systemd-modules-load.service systemd-sysctl.service \
  systemd-binfmt.service proc-sys-fs-binfmt_misc.automount systemd-remount-fs.service sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount dev-hugepages.mount; do
  ln -sf /dev/null "$tree/etc/systemd/system/$unit"
done
echo 0123456789abcdef0123456789abcdef >"$tree/etc/machine-id"
(cd "$work/root" && find . | busybox cpio -o -H newc 2>/dev/null) >"$work/archive"

mkdir -p "$folder"
mv "$work/archive" "$folder/"
echo "$folder/archive"
