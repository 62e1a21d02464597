#!/bin/sh
# shellcheck disable=SC2154,SC2016  # the variables stand before this text, the programs are for jq
# Removes whatever a case has left. Given: $runtime, $id, $dir.
if [ -d "$dir/state" ]; then
  for container in "$id" "$id-other"; do
    timeout --foreground --kill-after 1 20 "$runtime" --root "$dir/state" delete --force "$container" >/dev/null 2>&1
  done
fi
for group in /sys/fs/cgroup/"$id"*; do
  [ -d "$group" ] || continue
  echo 1 >"$group/cgroup.kill" 2>/dev/null
  tries=0
  until find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || [ "$tries" -gt 100 ]; do
    tries=$((tries + 1))
    sleep 0.02
  done
done
awk -v dir="$dir/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r place; do
  umount -l "$place"
done
rm -rf --one-file-system "$dir"
exit 0
