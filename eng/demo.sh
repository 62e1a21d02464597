#!/usr/bin/env bash
# Runs a busybox container and shows what it sees. Everything is made in a temporary folder and removed.
#
# usage: eng/demo.sh        (as root; SHARPRUN_BINARY names another binary than artifacts/sharprun)
set -euo pipefail
cd "$(dirname "$0")/.."
runtime=$(realpath "${SHARPRUN_BINARY:-artifacts/sharprun}")
if [ "$(id -u)" -ne 0 ]; then
  echo 'demo: needs root' >&2
  exit 1
fi

work=$(mktemp -d /tmp/sharprun-demo.XXXXXX)
guest=
stop() {
  if [ -n "$guest" ]; then
    exec {to_guest}>&- {from_guest}<&-
    wait "$guest" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap stop EXIT

say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }
if [ ! -t 1 ]; then say() { printf '\n# %s\n' "$*"; }; fi

# The bundle: a root filesystem of busybox alone, and the default document with another process.
bundle=$work/bundle
mkdir -p "$bundle/rootfs/bin"
cp /bin/busybox "$bundle/rootfs/bin/busybox"
"$bundle/rootfs/bin/busybox" --install "$bundle/rootfs/bin"

say "sharprun spec"
(cd "$bundle" && "$runtime" spec && wc -c config.json)
cp "$bundle/config.json" "$work/default.json"

# edit FILTER SCRIPT: the default document changed by a jq filter, running a script that lies in the root filesystem.
edit() {
  jq ".process.terminal = false | .process.args = [\"sh\", \"$2\"] | .hostname = \"demo\" | $1" "$work/default.json" >"$bundle/config.json"
}

cat >"$bundle/rootfs/view" <<'VIEW'
show() { echo; echo "\$ $*"; "$@" 2>&1; }
show hostname
show ps
show ip link
show cat /proc/self/cgroup
show cat /proc/mounts
show grep -E '^(Uid|CapEff|NoNewPrivs)' /proc/self/status
show touch /file
exit 0
VIEW
cat >"$bundle/rootfs/limit" <<'LIMIT'
cd /sys/fs/cgroup
echo "memory.max is $(cat memory.max), pids.max is $(cat pids.max)"
echo '$ dd if=/dev/zero of=/dev/null bs=200M count=1'
dd if=/dev/zero of=/dev/null bs=200M count=1
echo "exit status $? (137: killed)"
grep '^oom_kill ' memory.events
echo '$ for i in 1 2 3 ... 50; do sleep 100 & done'
(i=0; while [ "$i" -lt 50 ]; do sleep 100 & i=$((i + 1)); done) 2>&1
read -r current <pids.current # the shell itself reads: nothing can be started any more
echo "pids.current is $current"
LIMIT

edit . /view
say "sharprun run: the container's own view"
eng/v2-view.sh "$runtime" --root "$work/state" run --bundle "$bundle" demo

# A limit needs a controller: this machine's, if cgroup v2 has it here, else that of the throw-away guest.
edit '.linux.resources.memory = {limit: 33554432, swap: 33554432} | .linux.resources.pids = {limit: 20}' /limit
if eng/v2-view.sh grep --quiet --word-regexp memory /sys/fs/cgroup/cgroup.controllers; then
  say 'sharprun run: a process above its memory limit'
  eng/v2-view.sh "$runtime" --root "$work/state" run --bundle "$bundle" demo
else
  say 'sharprun run: a process above its memory limit (in the guest: this machine has no memory controller on cgroup v2)'
  files=("$runtime=/usr/local/bin/sharprun" "$bundle/config.json=/bundle/config.json" "$bundle/rootfs/limit=/bundle/rootfs/limit")
  # shellcheck disable=SC2206 # words on purpose: HOST_FILE=GUEST_PATH ..., the libraries of a runtime that is not static
  files+=(${SHARPRUN_GUEST_FILES:-})
  coproc GUEST { exec eng/vm/boot.sh "${files[@]}"; }
  guest=$GUEST_PID
  exec {from_guest}<&"${GUEST[0]}" {to_guest}>&"${GUEST[1]}"
  # The coprocess's own descriptors would keep the guest's input open.
  eval "exec ${GUEST[1]}>&- ${GUEST[0]}<&-"
  script='
    mkdir -p /bundle/rootfs/bin && cp /bin/busybox /bundle/rootfs/bin/ && /bundle/rootfs/bin/busybox --install /bundle/rootfs/bin
    sharprun run --bundle /bundle demo 2>&1'
  printf 'run 60 %d\n%s' "${#script}" "$script" >&"$to_guest"
  read -r status length _ <&"$from_guest"
  if [ "$length" -gt 0 ]; then head --bytes "$length" <&"$from_guest"; fi
  [ "$status" = 0 ]
fi

say 'left behind'
rmdir "$work/state"
echo 'nothing: the state root is empty, and the container and its cgroup are gone'
