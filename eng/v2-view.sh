#!/usr/bin/env bash
# Runs a command in a mount namespace of its own where /sys/fs/cgroup is pure cgroup v2.
#
# usage: eng/v2-view.sh COMMAND [ARGUMENT]...
#
# On a hybrid machine the v2 tree lies at /sys/fs/cgroup/unified; it is bound over /sys/fs/cgroup there and only
# there. The machine's own mounts stay as they are.
set -euo pipefail
exec unshare --mount --propagation private sh -c '
  if [ ! -e /sys/fs/cgroup/cgroup.controllers ] && [ -e /sys/fs/cgroup/unified/cgroup.controllers ]; then
    mount --bind /sys/fs/cgroup/unified /sys/fs/cgroup || exit 1
  fi
  exec "$@"' sh "$@"
