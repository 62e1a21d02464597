#!/usr/bin/env bash
# Makes the guest's kernel and initrd, once per recipe, and prints the folder that holds them.
#
# usage: eng/vm/build.sh        → .cache/vm/<hash of the recipe>/{vmlinux,initrd}
#
# The kernel is this Debian release's cloud kernel, taken from its package without installing it. It is
# unpacked, so that QEMU enters it directly (PVH) and no emulated CPU spends seconds on decompression.
set -euo pipefail
cd "$(dirname "$0")/../.."

modules=(virtio_pci virtio_console overlay loop)
# Not loaded: a test does so with insmod /lib/modules/NAME.ko, and unloads it.
spare=(bfq)
hash=$(cat eng/vm/build.sh eng/vm/init eng/vm/agent | sha256sum | cut -c1-16)
folder=$PWD/.cache/vm/$hash
if [ -f "$folder/vmlinux" ] && [ -f "$folder/initrd" ]; then
  echo "$folder"
  exit 0
fi

mkdir -p .cache/vm
work=$(mktemp -d "$PWD/.cache/vm/build.XXXXXX")
trap 'rm -rf "$work"' EXIT

# vm_package: the package that holds the newest cloud kernel of the release.
vm_package() {
  apt-cache depends linux-image-cloud-amd64 2>/dev/null | awk '$1 == "Depends:" && $2 ~ /^linux-image-[0-9]/ { print $2; exit }'
}

echo 'vm: making the guest (once)' >&2
package=$(vm_package)
if [ -z "$package" ] || ! (cd "$work" && apt-get download -qq "$package" 2>/dev/null); then
  apt-get update -qq >&2
  package=$(vm_package)
  (cd "$work" && apt-get download -qq "$package" 2>/dev/null)
fi
dpkg-deb --extract "$work"/*.deb "$work/package"
release=${package#linux-image-}
kernel=$work/package/boot/vmlinuz-$release

# A bzImage carries the compressed kernel after its own loader; where it starts, only its magic number says.
# LZ4's decompressor complains about the length that follows the stream, after having written everything.
unpack() {
  local magic=$1 offset
  shift
  while IFS=: read -r offset _; do
    tail --bytes "+$((offset + 1))" "$kernel" | "$@" >"$work/vmlinux" 2>/dev/null || true
    if readelf --file-header "$work/vmlinux" >/dev/null 2>&1 && readelf --notes "$work/vmlinux" 2>/dev/null | grep --quiet Xen; then
      return 0
    fi
  done < <(LC_ALL=C grep --text --byte-offset --only-matching --perl-regexp "$magic" "$kernel")
  return 1
}
unpack '\x02\x21\x4c\x18' lz4 -dc ||
  unpack '\x28\xb5\x2f\xfd' zstd -dc ||
  unpack '\xfd7zXZ\x00' xz -dc ||
  unpack '\x1f\x8b\x08' gzip -dc ||
  { echo "vm: no kernel found in $kernel" >&2; exit 1; }

root=$work/root
mkdir -p "$root"/{bin,modules,dev,proc,sys,tmp,root}
cp /bin/busybox "$root/bin/busybox"
install -m 0755 eng/vm/init "$root/init"
install -m 0755 eng/vm/agent "$root/bin/agent"

# Modules and what they depend on, numbered in the order of loading.
depmod_file=$work/modules.dep
tree=$work/package/lib/modules/$release
busybox depmod -b "$work/package" "$release" >/dev/null
cp "$tree/modules.dep" "$depmod_file"
number=100
declare -A loaded=()
load() {
  local name=$1 line path dependencies dependency
  line=$(grep --extended-regexp "(^|/)${name}\.ko:" "$depmod_file") || { echo "vm: no module $name in $package" >&2; exit 1; }
  path=${line%%:*}
  dependencies=${line#*:}
  [ -z "${loaded[$path]:-}" ] || return 0
  loaded[$path]=1
  for dependency in $dependencies; do
    load "$(basename "$dependency" .ko)"
  done
  number=$((number + 1))
  cp "$(find "$tree" -name "$(basename "$path")" -print -quit)" "$root/modules/$number-$(basename "$path")"
}
for module in "${modules[@]}"; do
  load "$module"
done
mkdir "$root/modules/spare"
for module in "${spare[@]}"; do
  cp "$(find "$tree" -name "$module.ko" -print -quit)" "$root/modules/spare/"
done
(cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null) >"$work/initrd"

mkdir -p "$folder"
echo "$package" >"$folder/package"
mv "$work/vmlinux" "$work/initrd" "$folder/"
echo "$folder"
