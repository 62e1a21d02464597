#!/usr/bin/env bash
# Boots the guest; its agent then speaks on standard input and output (eng/vm/agent says what).
# The guest powers off, and this ends, when standard input does.
#
# usage: eng/vm/boot.sh [--console FILE] [--memory MIB] [--systemd | --selinux] [--runc] [HOST_FILE=GUEST_PATH]...
#
# With --systemd it is a Debian with systemd and D-Bus; without, the agent and busybox are all there is.
# With --selinux the security module is SELinux, with no policy yet; without, it is AppArmor. What they load lies in /etc/lsm.
# With --runc the runc of eng/peers.sh is there too, to be compared with.
# The files go into the guest as part of its initrd: no disk, no drivers. Emulated (TCG), never KVM.
set -euo pipefail
here=$(dirname "$(realpath "$0")")

console=/dev/null
memory=512
archive=
append=
peers=
while [ $# -gt 0 ]; do
  case $1 in
    --console) console=$2; shift 2 ;;
    --memory) memory=$2; shift 2 ;;
    --systemd)
      archive=$("$here/systemd/build.sh")
      append='systemd.unit=guest.target systemd.log_level=notice systemd.show_status=no'
      memory=1024
      shift ;;
    --selinux) append='security=selinux selinux=1 enforcing=0'; shift ;;
    --runc) peers=$("$here/../peers.sh"); shift ;;
    *) break ;;
  esac
done

folder=$("$here/build.sh")
lsm=$("$here/lsm/build.sh")
work=$(mktemp -d)
qemu=
stop() {
  if [ -n "$qemu" ]; then
    kill -KILL "$qemu" 2>/dev/null || true
    wait "$qemu" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

for file in "$@"; do
  target=$work/root/payload${file#*=}
  mkdir -p "$(dirname "$target")"
  cp --dereference "${file%%=*}" "$target"
done
mkdir -p "$work/root/payload/etc/lsm"
cp "$lsm"/* "$work/root/payload/etc/lsm/"
if [ -n "$peers" ]; then
  # Where its loader and its libraries are is written in it.
  loader=$(readelf --string-dump=.interp "$peers/runc" | grep --only-matching '/.*')
  mkdir -p "$work/root/payload/usr/local/bin" "$work/root/payload$(dirname "$loader")"
  cp "$peers/runc" "$work/root/payload/usr/local/bin/"
  cp "$peers"/lib/* "$work/root/payload$(dirname "$loader")/"
fi
cat "$folder/initrd" ${archive:+"$archive"} >"$work/initrd"
(cd "$work/root" && find . | busybox cpio -o -H newc 2>/dev/null) >>"$work/initrd"

# The kernel's test whether the timer works fails on a machine that is too busy to emulate it in time (no_timer_check).
# In the background, with the caller's standard input, so that a signal reaches the trap above at once.
qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m "$memory" \
  -nodefaults -no-user-config -display none -no-reboot \
  -kernel "$folder/vmlinux" -initrd "$work/initrd" \
  -append "console=ttyS0 quiet panic=-1 mitigations=off no_timer_check random.trust_cpu=on $append" \
  -chardev "file,id=console,path=$console" -serial chardev:console \
  -device virtio-serial-pci -chardev stdio,id=agent,signal=off \
  -device virtserialport,chardev=agent,name=agent <&0 &
qemu=$!
wait "$qemu"
qemu=
