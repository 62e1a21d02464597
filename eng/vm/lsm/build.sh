#!/usr/bin/env bash
# Compiles what the guest's security modules load: an AppArmor profile and an SELinux policy. Prints the folder that holds them.
#
# usage: eng/vm/lsm/build.sh        → .cache/vm/lsm-<hash of the recipe>/{apparmor,selinux}
#
# The compilers are this Debian release's, taken from their packages without installing them; the guest needs none.
set -euo pipefail
cd "$(dirname "$0")/../../.."

hash=$(cat eng/vm/lsm/build.sh eng/vm/lsm/profile eng/vm/lsm/policy.cil | sha256sum | cut -c1-16)
folder=$PWD/.cache/vm/lsm-$hash
if [ -f "$folder/apparmor" ] && [ -f "$folder/selinux" ]; then
  echo "$folder"
  exit 0
fi

mkdir -p .cache/vm
work=$(mktemp -d "$PWD/.cache/vm/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
packages=(apparmor secilc libsepol2)

echo 'vm: compiling the policies of the guest (once)' >&2
if ! (cd "$work" && apt-get download -qq "${packages[@]}" 2>/dev/null); then
  apt-get update -qq >&2
  (cd "$work" && apt-get download -qq "${packages[@]}" 2>/dev/null)
fi
for package in "$work"/*.deb; do
  dpkg-deb --extract "$package" "$work/root"
done

# For any kernel from Linux 4.13 (AppArmor) and 6.1 (SELinux) on.
parser=$(find "$work/root" -type f -name apparmor_parser)
"$parser" --skip-kernel-load --skip-cache --quiet --config-file /dev/null --features-file "$work/root/etc/apparmor.d/abi/3.0" \
  --ofile "$work/apparmor" eng/vm/lsm/profile
library=$(dirname "$(find "$work/root" -name 'libsepol.so*' -print -quit)")
LD_LIBRARY_PATH=$library "$(find "$work/root" -type f -name secilc)" --policyvers 33 --output "$work/selinux" --filecontexts /dev/null eng/vm/lsm/policy.cil

rm -rf "$folder"
mkdir -p "$folder"
mv "$work/apparmor" "$work/selinux" "$folder/"
echo "$folder"
