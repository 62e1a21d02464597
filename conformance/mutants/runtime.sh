#!/bin/sh
# A runtime with one fault: passes its command line on to $CONFORMANCE_BASE and breaks what $CONFORMANCE_FAULT says.
#
# Faults of the configuration are jq programs in $CONFORMANCE_EDIT, applied to config.json before create; the others are here.
# It is called as the cases call a runtime: [--root FOLDER] COMMAND ARGUMENT...
# shellcheck disable=SC2094  # config.json is read whole before it is written
fault=${CONFORMANCE_FAULT:?} real=${CONFORMANCE_BASE:?}
root=
if [ "$1" = --root ]; then
  root=$2
  shift 2
fi
command=$1
[ "$#" -eq 0 ] || shift
call() { "$real" ${root:+--root "$root"} "$command" "$@"; }
last() { eval "printf '%s' \"\${$#}\""; }
id=
[ "$#" -eq 0 ] || id=$(last "$@")
group=/sys/fs/cgroup/$id

case $command in
  create)
    bundle=$PWD
    [ "$1" != --bundle ] || bundle=$2
    if [ -n "${CONFORMANCE_EDIT:-}" ] && edited=$(jq "$CONFORMANCE_EDIT" "$bundle/config.json" 2>/dev/null) && [ -n "$edited" ]; then
      printf '%s\n' "$edited" >"$bundle/config.json"
    fi
    case $fault in
      create-starts)
        call "$@" || exit
        "$real" --root "$root" start "$id"
        exit
        ;;
      create-succeeds-always)
        call "$@"
        exit 0
        ;;
      create-replaces)
        "$real" --root "$root" delete --force "$id" 2>/dev/null
        ;;
      create-takes-any-id)
        call --bundle "$bundle" "$(printf '%s' "x$id" | tr -c 'A-Za-z0-9-' x)"
        exit
        ;;
      create-leaves-cgroup)
        call "$@" && exit
        mkdir -p "$group"
        exit 1
        ;;
      create-keeps-failed)
        call "$@" && exit
        mkdir -p "$root/$id"
        exit 1
        ;;
      create-leaks-descriptor)
        exec 3</dev/null
        call --preserve-fds 1 "$@"
        exit
        ;;
      create-without-bundle)
        [ "$#" -ne 0 ] || exit 0
        ;;
    esac
    ;;
  start)
    case $fault in
      start-succeeds-always)
        call "$@"
        exit 0
        ;;
      start-does-nothing) exit 0 ;;
      start-restarts)
        "$real" --root "$root" kill "$id" KILL 2>/dev/null
        ;;
    esac
    ;;
  state)
    case $fault in
      state-status-*)
        call "$@" | jq --arg status "${fault#state-status-}" '.status = $status'
        exit
        ;;
      state-without-*)
        call "$@" | jq --arg name "${fault#state-without-}" 'del(.[$name])'
        exit
        ;;
      state-pid-of-another)
        call "$@" | jq '.pid = 1'
        exit
        ;;
      state-pid-is-text)
        call "$@" | jq '.pid |= tostring'
        exit
        ;;
      state-bundle-relative)
        call "$@" | jq '.bundle = "bundle"'
        exit
        ;;
      state-id-of-another)
        call "$@" | jq '.id = "other"'
        exit
        ;;
      state-of-anything)
        call "$@" || echo '{}'
        exit 0
        ;;
    esac
    ;;
  kill)
    case $fault in
      kill-does-nothing) exit 0 ;;
      kill-succeeds-always)
        call "$@"
        exit 0
        ;;
      kill-always-kill)
        call "$1" KILL
        exit
        ;;
    esac
    ;;
  delete)
    case $fault in
      delete-does-nothing)
        [ "$1" = --force ] || exit 0
        ;;
      delete-running)
        call --force "$@"
        exit
        ;;
      delete-leaves-cgroup)
        call "$@" || exit
        mkdir -p "$group"
        exit 0
        ;;
      delete-removes-bundle)
        bundle=$("$real" --root "$root" state "$id" 2>/dev/null | jq -r .bundle)
        call "$@" || exit
        [ -z "$bundle" ] || rm -f "$bundle/config.json"
        exit 0
        ;;
      delete-fails-after)
        call "$@"
        exit 1
        ;;
      delete-without-id)
        [ "$#" -ne 0 ] || exit 0
        ;;
    esac
    ;;
  features)
    case $fault in
      features-without-*)
        call "$@" | jq --arg name "${fault#features-without-}" 'del(.[$name])'
        exit
        ;;
      features-more-options)
        call "$@" | jq '.mountOptions += ["nosuchoption"]'
        exit
        ;;
      features-more-namespaces)
        call "$@" | jq '.linux.namespaces += ["nonsense"]'
        exit
        ;;
      features-more-properties)
        call "$@" | jq '.unknown = true'
        exit
        ;;
      features-max-too-high)
        call "$@" | jq '.ociVersionMin = "1.9.0"'
        exit
        ;;
    esac
    ;;
esac
call "$@"
