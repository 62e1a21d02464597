#!/usr/bin/env bash
# Makes the pod, shows what its containers share, breaks and heals it, and removes it. Each command is shown before it runs.
#
# usage: examples/pod/tour.sh [--shared-pid] [--join] DIR        (as root, on a machine with cgroup v2)
#
#   --shared-pid   the containers see each other's processes, too
#   --join         by `--join pause` instead of namespace paths in config.json
#
# Everything is below DIR, which must not exist; it stays. SHARPRUN names the runtime (default: sharprun), POD is what the
# names of the cgroups begin with (default: pod).
# shellcheck disable=SC2016 # what is shown is expanded when it runs
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
shared_pid='' join='' name='' orphan=''
while [[ ${1:-} == --* ]]; do
  case $1 in
    --shared-pid) shared_pid=yes ;;
    --join) join=yes ;;
    *)
      echo "tour: unknown option: $1" >&2
      exit 2
      ;;
  esac
  shift
done
if [ $# -ne 1 ] || [ -e "$1" ]; then
  echo 'usage: tour.sh [--shared-pid] [--join] DIR        (a directory that does not exist)' >&2
  exit 2
fi
mkdir -p "$1"
dir=$(realpath "$1")
runtime=${SHARPRUN:-sharprun}
export SHARPRUN=$runtime

sharprun() { "$runtime" --root "$dir/state" "$@"; }

# show COMMAND: the command as one types it, then what it prints.
show() {
  printf '$ %s\n' "$1"
  eval "$1"
}

say() { printf '\n# %s\n' "$*"; }

# start NAME: a container in the background. Its output goes to a file: a pipe would be held open as long as it lives.
start() {
  show "sharprun run --detach --bundle $1 $1 >$1.log 2>&1 </dev/null"
}

# member NAME: a container that shares the namespaces of the sandbox.
member() {
  if [ -n "$join" ]; then
    show "sharprun run --join pause:$types --detach --bundle $1 $1 >$1.log 2>&1 </dev/null"
    return
  fi
  jq --arg pid "$(sharprun state pause | jq .pid)" --argjson types "$type_list" --from-file "$here/join.jq" "$1/config.json" >"$1/member.json"
  show "jq -c '.linux.namespaces[] | select(.path)' $1/member.json"
  show "sharprun run --config $1/member.json --detach --bundle $1 $1 >$1.log 2>&1 </dev/null"
}

# until_prints TEXT COMMAND...: waits until a command prints a text; that a server has begun to answer is told by nothing else.
until_prints() {
  local tries=0 text=$1
  shift
  until [ "$("$@" 2>/dev/null)" = "$text" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ]; then
      echo "tour: '$*' has not printed '$text'" >&2
      exit 1
    fi
    sleep 0.1
  done
}

status() { sharprun state "$1" | jq --raw-output .status; }
pages() { sharprun exec sidecar curl --silent --show-error "localhost$1"; }
code() { sharprun exec sidecar curl --silent --output /dev/null --write-out '%{http_code}\n' localhost; }

# Whatever happens, nothing is left running.
trap 'cd "$dir"; for name in sidecar nginx backend pause; do sharprun delete --force "$name"; done' EXIT

types=net,ipc,uts type_list='["network", "ipc", "uts"]'
if [ -n "$shared_pid" ]; then
  types=net,ipc,uts,pid type_list='["network", "ipc", "uts", "pid"]'
fi

"$here/bundles.sh" "$dir"
cd "$dir"

say 'the sandbox: a container that owns the namespaces of the pod'
start pause
show 'sharprun state pause'

say 'three containers in its namespaces'
member backend
member nginx
member sidecar

say 'who shares what'
show 'sharprun ns'
show "sharprun ns --svg $dir/pod.svg"

say 'inside the pod, localhost is the pod: nginx listens on port 80, and passes on to port 2368'
until_prints 'hello from the backend' pages /
show 'sharprun exec sidecar curl -sS localhost'
show 'sharprun exec sidecar curl -sS localhost/version'

say 'one host name'
show 'for name in pause backend nginx sidecar; do sharprun exec $name hostname; done'

say 'shared memory and message queues of one container are those of the others'
show 'sharprun exec sidecar ipcmk --shmem 4096'
show 'sharprun exec backend ipcs --shmems'
show 'sharprun exec sidecar touch /dev/mqueue/jobs'
show 'sharprun exec backend cat /dev/mqueue/jobs'

say 'each container is one by itself, with its own processes'
show 'for name in pause backend nginx sidecar; do sharprun state $name | jq -c "{id, status, pid}"; done'
show 'for name in pause backend nginx sidecar; do sharprun ps $name -eo pid,args; done'
if [ -n "$shared_pid" ]; then
  show 'sharprun exec sidecar ps -o pid,ppid,args'
else
  show 'sharprun exec nginx ps -o pid,ppid,args'
fi

say 'the sidecar writes a new configuration to the volume that nginx reads'
show "sharprun exec sidecar sed -i 's/configuration 1/configuration 2/' /etc/nginx/conf.d/site.conf"
if [ -n "$shared_pid" ]; then
  show 'sharprun exec sidecar killall -HUP nginx'
else
  show 'sharprun kill nginx HUP'
fi
until_prints 'configuration 2' pages /version
show 'sharprun exec sidecar curl -sS localhost/version'

say 'the backend dies: nginx stays, and says so'
show 'sharprun kill backend KILL'
until_prints stopped status backend
show 'sharprun list'
show "sharprun exec sidecar curl -s -o /dev/null -w '%{http_code}\n' localhost"

say 'whoever watches over the pod starts it again'
show 'sharprun delete backend'
member backend
until_prints 200 code
show 'sharprun exec sidecar curl -sS localhost'

if [ -n "$shared_pid" ]; then
  say 'the first process of the sandbox is process 1 of the pod, and reaps what nobody else does'
  show "sharprun exec nginx sh -c '(sleep 1000 & echo \$! >/tmp/orphan)'"
  show 'orphan=$(sharprun exec nginx cat /tmp/orphan)'
  show 'sharprun exec sidecar grep PPid /proc/$orphan/status'
  show 'sharprun exec nginx kill $orphan'
  until_prints gone sharprun exec sidecar sh -c "[ -e /proc/$orphan ] || echo gone"
  show 'sharprun exec sidecar ls /proc/$orphan 2>&1 || true'
fi

if [ -n "$shared_pid" ]; then
  say 'the end of the sandbox is the end of everything in its pid namespace'
  show 'sharprun kill pause TERM'
  for name in pause backend nginx sidecar; do until_prints stopped status $name; done
  show 'sharprun ns'
  show 'for name in sidecar nginx backend pause; do sharprun delete $name; done'
else
  say 'the end: the sandbox goes last'
  show 'for name in sidecar nginx backend; do sharprun delete --force $name; done'
  show 'sharprun kill pause TERM'
  until_prints stopped status pause
  show 'sharprun delete pause'
fi
show 'sharprun list'
