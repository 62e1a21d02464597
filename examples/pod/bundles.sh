#!/usr/bin/env bash
# Makes the bundles of the pod: one root filesystem, which all containers have read-only, and a config.json for each.
#
# usage: examples/pod/bundles.sh DIR
#
# SHARPRUN names the runtime (default: sharprun), POD is what the names of the cgroups begin with (default: pod).
# Needs nginx, curl, jq, busybox (static) and util-linux of the machine, whose programs it copies.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=$(realpath --canonicalize-missing "$1")
runtime=${SHARPRUN:-sharprun}
rootfs=$dir/rootfs volume=$dir/volume

mkdir -p "$rootfs"/{bin,usr/sbin,etc/nginx/conf.d,srv/www,tmp,proc,dev,sys} "$volume"
cp /bin/busybox "$rootfs/bin/"
"$rootfs/bin/busybox" --install "$rootfs/bin"
# A program and the libraries that it is linked with, at the paths where it looks for them.
for program in nginx curl ipcmk ipcs; do
  path=$(PATH=$PATH:/usr/sbin:/sbin command -v "$program")
  rm -f "$rootfs/bin/$program"
  cp --dereference --parents "$path" "$rootfs"
  ldd "$path" | grep --only-matching '/[^ ]*' | xargs cp --dereference --parents --target-directory "$rootfs"
done
cp "$here/pause" "$rootfs/bin/"
cp "$here/nginx.conf" "$rootfs/etc/nginx/"
cp "$here/site.conf" "$volume/"
echo 'hello from the backend' >"$rootfs/srv/www/index.html"
printf '%s\n' root:x:0:0:root:/:/bin/sh www:x:101:101:www:/:/bin/sh app:x:1000:1000:app:/:/bin/sh >"$rootfs/etc/passwd"

# What sharprun spec writes, changed by the container's own filter.
for name in pause backend nginx sidecar; do
  mkdir -p "$dir/$name"
  rm -f "$dir/$name/config.json"
  (cd "$dir/$name" && "$runtime" spec)
  jq --arg volume "$volume" --arg cgroup "/${POD:-pod}-$name" --arg rootfs "$rootfs" \
    ".process.terminal = false | .root = {path: \$rootfs, readonly: true} | .linux.cgroupsPath = \$cgroup |
    $(cat "$here/$name.jq")" "$dir/$name/config.json" >"$dir/config.new"
  mv "$dir/config.new" "$dir/$name/config.json"
done
