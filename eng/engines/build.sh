#!/usr/bin/env bash
# Makes the root file system that the engines run in, once per recipe, and prints its folder.
#
# usage: eng/engines/build.sh        → .cache/engines/<hash of the recipe>/{root,disk}        (disk: the same, as ext4)
#
# Everything comes from Debian forky: containerd, podman, docker, and crun and runc to compare with. The image that the
# engines run is made here too, of Debian's static busybox: no registry.
set -euo pipefail
cd "$(dirname "$0")/../.."

suite=forky
mirror=http://deb.debian.org/debian
hash=$(find eng/engines/build.sh eng/engines/image.sh eng/engines/prepare.sh eng/engines/cri eng/engines/cri.proto eng/engines/etc -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
folder=$PWD/.cache/engines/$hash
if [ -e "$folder" ]; then
  echo "$folder"
  exit 0
fi

packages=(
  containerd containernetworking-plugins curl protobuf-compiler
  podman conmon catatonit netavark nftables passt uidmap
  docker.io docker-cli
  crun runc
  busybox-static
  bsdextrautils bsdutils iproute2 procps util-linux
)

mkdir -p .cache/engines
work=$(mktemp -d "$PWD/.cache/engines/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
echo "engines: fetching containerd, podman and docker of Debian $suite (once)" >&2
mmdebstrap --quiet --variant=minbase --include="$(IFS=, && echo "${packages[*]}")" \
  --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Apt::Install-Recommends "false"' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  "$suite" "$work/root" "$mirror" >&2

# A user for rootless podman, and the one whose ids root's podman gives to --userns=auto.
chroot "$work/root" useradd --create-home --uid 1000 --shell /bin/sh user
chroot "$work/root" useradd --system --shell /usr/sbin/nologin containers
printf 'user:100000:65536\ncontainers:1000000:1000000\n' | tee "$work/root/etc/subuid" >"$work/root/etc/subgid"
eng/engines/image.sh "$work/root/bin/busybox" "$work/root/usr/local/share/busybox.tar" busybox /bin/sh
# What a Kubernetes pod has as its first container: it only waits.
eng/engines/image.sh "$work/root/bin/busybox" "$work/root/usr/local/share/pause.tar" pause /bin/sleep infinity
install -m 755 eng/engines/prepare.sh "$work/root/usr/local/sbin/prepare"
install -m 755 eng/engines/cri "$work/root/usr/local/bin/cri"
install -m 644 eng/engines/cri.proto "$work/root/usr/local/share/cri.proto"
cp --recursive eng/engines/etc/. "$work/root/etc"
mkdir -p "$work/root/oldroot"
chmod 755 "$work" "$work/root"
truncate --size 1G "$work/disk"
mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$work/root" "$work/disk"
mv "$work" "$folder"
echo "$folder"
