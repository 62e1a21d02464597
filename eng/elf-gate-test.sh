#!/usr/bin/env bash
# Does the ELF gate notice a binary that lost its hardening? Links small ones, each weak in one way.
#
# usage: eng/elf-gate-test.sh [GATE]        (default eng/elf-gate.sh)
set -euo pipefail
cd "$(dirname "$0")/.."
gate=$(realpath "${1:-eng/elf-gate.sh}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

echo 'int main(void) { return 0; }' >"$work/main.c"
hardened=(-static-pie -fPIE -fuse-ld=lld '-Wl,-z,relro' '-Wl,-z,now')

# verdict NAME STATUS PATTERN MAX_BYTES FLAG...: the gate's verdict on a binary linked with these flags.
verdict() {
  local name=$1 expected=$2 pattern=$3 max_bytes=$4 output status=0
  shift 4
  clang "$work/main.c" -o "$work/binary" "$@"
  output=$("$gate" "$work/binary" "$max_bytes" 2>&1) || status=$?
  if [ "$status" -eq "$expected" ] && grep --quiet --fixed-strings -- "$pattern" <<<"$output"; then
    passed=$((passed + 1))
    echo "ok $((passed + failed)) - $name"
  else
    failed=$((failed + 1))
    echo "not ok $((passed + failed)) - $name: status $status: $output"
  fi
}

verdict 'a hardened static-pie passes' 0 'elf-gate: ok' 6291456 "${hardened[@]}"
verdict 'a dynamic binary is refused' 1 'not static (NEEDED library)' 6291456 -pie -fPIE -fuse-ld=lld
verdict 'a binary at a fixed address is refused' 1 'not position-independent' 6291456 -static -fuse-ld=lld
verdict 'an executable stack is refused' 1 'non-executable stack' 6291456 "${hardened[@]}" -Wl,-z,execstack
verdict 'missing RELRO is refused' 1 'not RELRO' 6291456 "${hardened[@]}" -Wl,-z,norelro
verdict 'lazy binding is refused' 1 'not bound at start' 6291456 "${hardened[@]}" -Wl,-z,lazy
verdict 'a writable and executable segment is refused' 1 'writable and executable' 6291456 "${hardened[@]}" -Wl,--omagic
verdict 'a binary over the limit is refused' 1 'more than 1000' 1000 "${hardened[@]}"

echo "elf-gate-test: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
