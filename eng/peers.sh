#!/usr/bin/env bash
# Fetches the runtimes that SharpRun is compared with, from Debian forky, and prints their folder.
#
# usage: eng/peers.sh        → .cache/peers/<hash of the recipe>/{crun,runc}
#
# They keep Debian's machine code. Only the path of the loader and of the libraries is rewritten in them, so that they
# start natively on this machine, without a chroot and without a wrapper.
set -euo pipefail
cd "$(dirname "$0")/.."

suite=forky
mirror=http://deb.debian.org/debian
hash=$(sha256sum eng/peers.sh | cut -c1-16)
folder=$PWD/.cache/peers/$hash
if [ -x "$folder/crun" ] && [ -x "$folder/runc" ]; then
  echo "$folder"
  exit 0
fi

missing=()
for package in mmdebstrap patchelf; do
  command -v "$package" >/dev/null || missing+=("$package")
done
if [ "${#missing[@]}" -ne 0 ]; then
  echo "peers: installing ${missing[*]}" >&2
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "${missing[@]}" >&2
fi

mkdir -p .cache/peers
work=$(mktemp -d "$PWD/.cache/peers/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
echo "peers: fetching crun and runc of Debian $suite (once)" >&2
# "extract": packages are unpacked, none of their scripts runs.
mmdebstrap --quiet --variant=extract --include=crun,runc --aptopt='Acquire::Check-Valid-Until "false"' "$suite" "$work/root" "$mirror" >&2

mkdir "$work/peers" "$work/peers/lib"
loader=$(basename "$(patchelf --print-interpreter "$work/root/usr/bin/crun")")
find "$work/root/usr/lib/x86_64-linux-gnu" -maxdepth 1 -name '*.so*' -exec cp --dereference -t "$work/peers/lib" {} + 2>/dev/null
cp --dereference "$work/root/usr/lib64/$loader" "$work/peers/lib/"
for name in crun runc; do
  binary=$(find "$work/root/usr/bin" "$work/root/usr/sbin" -name "$name" -print -quit)
  cp --dereference "$binary" "$work/peers/$name"
  patchelf --set-interpreter "$folder/lib/$loader" --set-rpath "$folder/lib" "$work/peers/$name"
done
# Libraries that neither needs are not kept.
mv "$work/peers" "$folder"
used=$(for name in crun runc; do "$folder/lib/$loader" --list "$folder/$name"; done | awk '$2 == "=>" { print $3 }' | sort -u)
find "$folder/lib" -type f ! -name "$loader" | while read -r library; do
  grep --quiet --line-regexp --fixed-strings "$library" <<<"$used" || rm "$library"
done
echo "$folder"
