#!/usr/bin/env bash
# Hardening and size of the published binary.
#
# usage: eng/elf-gate.sh BINARY [MAX_BYTES]        (default 6 MiB; give it the stripped binary)
set -euo pipefail

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  echo "usage: $0 BINARY [MAX_BYTES]" >&2
  exit 2
fi
binary=$1
max_bytes=${2:-6291456}
if [ ! -r "$binary" ]; then
  echo "elf-gate: cannot read $binary" >&2
  exit 2
fi

header=$(readelf --wide --file-header "$binary")
segments=$(readelf --wide --program-headers "$binary")
dynamic=$(readelf --wide --dynamic "$binary")
failed=0

# check NAME TEXT yes|no REGEX: TEXT has a line matching REGEX, or has none.
check() {
  local found=no
  if grep --quiet --extended-regexp "$4" <<<"$2"; then
    found=yes
  fi
  if [ "$found" != "$3" ]; then
    echo "elf-gate: not $1"
    failed=1
  fi
}

check 'position-independent (type DYN)' "$header" yes '^ *Type: +DYN '
check 'static (INTERP segment)' "$segments" no '^ *INTERP '
check 'static (NEEDED library)' "$dynamic" no '\(NEEDED\)'
check 'a PIE (FLAGS_1)' "$dynamic" yes '\(FLAGS_1\).*PIE'
check 'RELRO' "$segments" yes '^ *GNU_RELRO '
check 'bound at start (BIND_NOW)' "$dynamic" yes '\(FLAGS\).*BIND_NOW|\(FLAGS_1\).*NOW|\(BIND_NOW\)'
check 'free of text relocations' "$dynamic" no '\(TEXTREL\)|TEXTREL'
check 'marked with a non-executable stack (GNU_STACK RW)' "$segments" yes '^ *GNU_STACK .* RW +0'
check 'free of segments that are writable and executable' "$segments" no '^ *[A-Z_]+ +0x.* RWE '

size=$(stat --format=%s "$binary")
if [ "$size" -gt "$max_bytes" ]; then
  echo "elf-gate: $size bytes, more than $max_bytes"
  failed=1
fi

if [ "$failed" -ne 0 ]; then
  echo "elf-gate: FAILED: $binary"
  exit 1
fi
echo "elf-gate: ok: static-pie, RELRO, BIND_NOW, no executable stack, $size bytes"
