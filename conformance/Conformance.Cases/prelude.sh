#!/bin/sh
# shellcheck disable=SC2154,SC2016  # the variables stand before this text, the programs are for jq
# The words in which cases are written. Given: $runtime, $id, $dir (the case's own folder), $template (a root filesystem).
set -eu
root=$dir/state bundle=$dir/bundle rootfs=$dir/bundle/rootfs
cgroup=/sys/fs/cgroup/$id
mkdir -p "$bundle" "$dir/tmp" "$root"
cp -a "$template" "$rootfs"
export TMPDIR="$dir/tmp"
: >"$dir/out"
: >"$dir/err"
: >"$dir/errors"

# rt COMMAND...: the runtime with a state root of its own; a runtime that hangs has failed.
rt() { timeout --foreground --kill-after 1 20 "$runtime" --root "$root" "$@"; }

fail() {
  echo "$*" >&2
  sed "s/^/runtime: /" "$dir/errors" "$dir/err" >&2
  exit 1
}

# same WHAT EXPECTED FOUND
same() { [ "$2" = "$3" ] || fail "$1: expected '$2', found '$3'"; }

# differ WHAT ONE OTHER
differ() { [ "$2" != "$3" ] || fail "$1: both are '$2'"; }

# has WHAT TEXT PART, lacks WHAT TEXT PART
has() { case $2 in *"$3"*) ;; *) fail "$1: '$3' is not in '$2'" ;; esac }
lacks() { case $2 in *"$3"*) fail "$1: '$3' is in '$2'" ;; esac }

# edit JQ-PROGRAM [JQ-ARGUMENT]...: changes config.json.
edit() {
  program=$1
  shift
  jq "$@" "$program" "$bundle/config.json" >"$dir/edited"
  cat "$dir/edited" >"$bundle/config.json"
}

# program SCRIPT: what the container runs. hook KIND SCRIPT: a hook that is a shell script.
program() { edit '.process.args = ["/bin/sh", "-c", $script]' --arg script "$1"; }
hook() { edit '.hooks[$kind] += [{path: "/bin/sh", args: ["sh", "-c", $script], env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}]' --arg kind "$1" --arg script "$2"; }

create() { rt create --bundle "$bundle" "$id" </dev/null >"$dir/out" 2>"$dir/errors"; }
start() { rt start "$id" </dev/null >"$dir/start.out" 2>"$dir/err"; }
delete() { rt delete "$id" </dev/null >"$dir/delete.out" 2>"$dir/err"; }
signal() { rt kill "$id" "$1" </dev/null >"$dir/kill.out" 2>"$dir/err"; }
state() { rt state "$id" 2>"$dir/err"; }
field() { state | jq -r "$1"; }

# must COMMAND...: it succeeds. refused COMMAND...: it fails in order, neither by a crash nor by hanging.
must() { "$@" || fail "$* failed with $?"; }
refused() {
  result=0
  "$@" || result=$?
  [ "$result" -ne 0 ] || fail "$* succeeded"
  [ "$result" -ne 124 ] || fail "$* did not end"
}

# alive PID, ended PID
alive() {
  [ -e "/proc/$1/stat" ] || return 1
  case $(sed 's/.*) \(.\).*/\1/' "/proc/$1/stat" 2>/dev/null || echo X) in [ZX]) return 1 ;; esac
}
ended() {
  tries=0
  while alive "$1"; do
    tries=$((tries + 1))
    [ "$tries" -le 400 ] || fail "process $1 has not ended"
    sleep 0.02
  done
}
# appears FILE: waits for it.
appears() {
  tries=0
  until [ -s "$1" ]; do
    tries=$((tries + 1))
    [ "$tries" -le 400 ] || fail "$1 has not appeared"
    sleep 0.02
  done
}

# created: creates and notes $pid. launched: starts too. completed: waits for the end too.
created() {
  must create
  pid=$(field .pid)
}
launched() {
  created
  must start
}
completed() {
  launched
  ended "$pid"
}

# observe SCRIPT: runs it as the container's program; what it prints is in $seen.
observe() {
  program "$1"
  completed
  seen=$(cat "$dir/out")
}

# gone: nothing of the container is left.
gone() {
  refused state >/dev/null
  [ ! -d "$cgroup" ] || fail "the cgroup $cgroup is left"
  [ -z "$(ls -A "$root")" ] || [ -z "$(find "$root" -mindepth 1 -name "$id")" ] || fail "the state of $id is left"
}

# rejected: config.json is refused by create, and no container is made.
rejected() {
  refused create
  gone
}

# namespace TYPE PID-OR-self: its identity.
namespace() { readlink "/proc/$2/ns/$1"; }

# mount_line PATH: the container's line of /proc/self/mountinfo for it, in $seen, after running what is configured.
mount_of() { printf '%s\n' "$seen" | awk -v path="$1" '$5 == path { line = $0 } END { print line }'; }

# accepted JQ-PROGRAM: the property itself is supported, so that what follows is refused for its value.
accepted() {
  cp "$bundle/config.json" "$dir/before"
  edit "$1"
  must create
  rt delete --force "$id"
  cat "$dir/before" >"$bundle/config.json"
}
