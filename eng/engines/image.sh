#!/usr/bin/env bash
# Makes a container image of one static busybox, as the tar archive that `docker save` writes: every engine imports it.
#
# usage: eng/engines/image.sh BUSYBOX ARCHIVE NAME COMMAND [ARGUMENT]...        (the image becomes localhost/NAME:test)
set -euo pipefail
busybox=$(realpath "$1")
archive=$(realpath "$2")
name=$3
shift 3
command=$(printf ',"%s"' "$@")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/rootfs/{bin,etc,home/user,proc,dev,sys,root,run,usr/bin,var} "$work/image"
mkdir -m 1777 "$work/rootfs/tmp"
cp "$busybox" "$work/rootfs/bin/busybox"
"$busybox" --list | while read -r applet; do
  [ "$applet" = busybox ] || ln -s busybox "$work/rootfs/bin/$applet"
done
ln -s ../../bin/env "$work/rootfs/usr/bin/env"
printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n' >"$work/rootfs/etc/passwd"
printf 'root:x:0:\nuser:x:1000:\nextra:x:2000:user\n' >"$work/rootfs/etc/group"
tar --create --sort=name --numeric-owner --owner=0 --group=0 --mtime=@0 --directory "$work/rootfs" --file "$work/image/layer.tar" .

layer=$(sha256sum "$work/image/layer.tar" | cut -d' ' -f1)
cat >"$work/image/config.json" <<END
{"architecture":"amd64","os":"linux","created":"1970-01-01T00:00:00Z",
 "config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Cmd":[${command:1}]},
 "rootfs":{"type":"layers","diff_ids":["sha256:$layer"]},
 "history":[{"created":"1970-01-01T00:00:00Z"}]}
END
printf '[{"Config":"config.json","RepoTags":["localhost/%s:test"],"Layers":["layer.tar"]}]\n' "$name" >"$work/image/manifest.json"
tar --create --sort=name --directory "$work/image" --file "$archive" manifest.json config.json layer.tar
