#!/usr/bin/env bash
# A throw-away machine for the engines, on this kernel: the root of eng/engines/build.sh below a tmpfs, with processes, mounts,
# network, devices and a pure cgroup v2 of its own. It lives as long as the command that it runs.
#
# usage: eng/engines/machine.sh RUNTIME [COMMAND [ARGUMENT]...]        (no command: eng/vm/agent on standard input and output)
#
# RUNTIME becomes /usr/local/bin/sharprun there: a file, or the name of a runtime that the machine has (crun, runc).
# Nothing outlives the machine: its processes end with its first one, its mounts with its namespace, its cgroup is removed here.
set -euo pipefail
here=$(dirname "$(realpath "$0")")

# remove_cgroup FOLDER: with everything in it and below.
remove_cgroup() {
  [ -d "$1" ] || return 0
  echo 1 >"$1/cgroup.kill"
  # Ended processes leave their cgroups some time later.
  for _ in $(seq 500); do
    if find "$1" -depth -type d -exec rmdir {} + 2>/dev/null; then return 0; fi
    sleep 0.02
  done
  echo "machine: cannot remove $1" >&2
  return 1
}

open() {
  local root cgroup=/sys/fs/cgroup status=0
  root=$("$here/build.sh")/root
  if [ ! -e "$cgroup/cgroup.controllers" ]; then cgroup=$cgroup/unified; fi
  cgroup=$cgroup/sharprun-engines-$$
  # shellcheck disable=SC2064
  trap "remove_cgroup $cgroup" EXIT
  mkdir "$cgroup" "$cgroup/init"
  # The subshell alone goes in. It joins the group and then makes that the root of its cgroup namespace; from there it goes
  # down, because a cgroup with processes cannot give controllers to those below it.
  (
    echo "$BASHPID" >"$cgroup/cgroup.procs"
    # shellcheck disable=SC2016
    exec unshare --cgroup sh -c '
      echo 0 >"$1/init/cgroup.procs" || exit 1
      shift
      exec "$@"' sh "$cgroup" \
      unshare --mount --pid --net --uts --ipc --fork --kill-child=KILL --propagation private \
      "$0" --init "$root" "$@"
  ) || status=$?
  return "$status"
}

# First process of the machine.
init() {
  local root=$1 runtime=$2 new=/mnt device
  shift 2

  if [ -e "$runtime" ]; then exec 9<"$runtime"; fi
  mount -t tmpfs -o mode=755 machine "$new"
  mkdir "$new/upper" "$new/work" "$new/root"
  mount -t overlay -o "lowerdir=$root,upperdir=$new/upper,workdir=$new/work" machine "$new/root"
  new=$new/root
  if [ -e "$runtime" ]; then
    install -m 755 /dev/fd/9 "$new/usr/local/bin/sharprun"
    exec 9<&-
  else
    ln -s "../../bin/$runtime" "$new/usr/local/bin/sharprun"
  fi
  install -m 755 "$here/../vm/agent" "$new/usr/local/bin/agent"

  mount -t proc proc "$new/proc"
  mount -t sysfs sysfs "$new/sys"
  mount -t cgroup2 cgroup2 "$new/sys/fs/cgroup"
  mount -t tmpfs -o mode=755 dev "$new/dev"
  for device in null zero full random urandom tty fuse net/tun; do
    mkdir -p "$(dirname "$new/dev/$device")"
    cp --archive "/dev/$device" "$new/dev/$device"
    chmod 666 "$new/dev/$device"
  done
  mkdir "$new/dev/pts" "$new/dev/shm" "$new/dev/mqueue"
  mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$new/dev/pts"
  ln -s pts/ptmx "$new/dev/ptmx"
  ln -s /proc/self/fd "$new/dev/fd"
  mount -t tmpfs -o mode=1777 shm "$new/dev/shm"
  mount -t mqueue mqueue "$new/dev/mqueue"
  cd "$new"
  pivot_root . oldroot
  umount --lazy /oldroot
  export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  prepare
  cd /root
  # catatonit reaps what the engines leave to it.
  exec env --ignore-environment "PATH=$PATH" HOME=/root USER=root TERM=dumb \
    catatonit -- "$@"
}

if [ "$1" = --init ]; then
  shift
  init "$@"
else
  [ $# -gt 1 ] || set -- "$1" sh /usr/local/bin/agent -
  open "$@"
fi
