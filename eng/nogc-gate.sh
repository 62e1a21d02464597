#!/usr/bin/env bash
# The binary gate: may the cloned child touch the garbage collector?
#
# usage: eng/nogc-gate.sh BINARY        (an unstripped NativeAOT binary)
#
# Reads the machine code of every method in SharpRun.Linux.Child and fails when one of them
#   - calls or jumps (tail call) to a method outside that namespace: allocator, throw helper, GC poll, P/Invoke frame, memset ...
#   - calls through a pointer anywhere but in Kernel.Call, the child's only door; a switch's jump table is not a call
#   - reads or writes data other than its own jump tables: static fields, string literals, type tables, RhpTrapThreads
#   - divides by a register, which traps
# A gate that looked at nothing must not pass: no symbol of the namespace, or no ChildEntry, is a failure too.
set -euo pipefail

if [ $# -ne 1 ]; then
  echo "usage: $0 BINARY" >&2
  exit 2
fi
binary=$1
if [ ! -r "$binary" ]; then
  echo "nogc-gate: cannot read $binary" >&2
  exit 2
fi

# ILC's mangled names: assembly, namespace and type joined by '_', then '__' and the method.
objdump --disassemble --no-show-raw-insn --wide "$binary" | awk -v prefix=SharpRun_Linux_SharpRun_Linux_Child_ '
  function offend(what) {
    printf "nogc-gate: %s -> %s\n", substr(symbol, length(prefix) + 1), what
    offences++
  }
  # The name in the last <...>; a generic method has angle brackets in its own name.
  function target(text) {
    text = substr(text, index(text, "<") + 1)
    sub(/(\+0x[0-9a-f]+)?>[^>]*$/, "", text)
    return text
  }
  function is_child(name) { return index(name, prefix) == 1 }

  / file format / && !/x86-64/ {
    print "nogc-gate: only x86-64 machine code is understood: " $0
    failed = 1
    exit 1
  }
  /^[0-9a-f]+ <.*>:$/ {
    symbol = target($0)
    child = is_child(symbol)
    if (child) {
      methods++
      door = index(symbol, prefix "Kernel__Call") == 1
      if (index(symbol, prefix "ChildEntry__") == 1) entries++
    }
    table = 0; previous = ""
    next
  }
  !child || !/^ *[0-9a-f]+:\t/ { next }
  {
    sub(/^[^\t]*\t/, "")
    tail = 0
    while (match($0, /^(rex[.A-Z]*|notrack|bnd|data16|cs|ds) +/)) {
      if ($0 ~ /^rex/) tail = 1     # a tail call through a register is marked by a rex prefix
      $0 = substr($0, RLENGTH + 1)
    }

    if ($1 ~ /^(call|j[a-z]+)$/) {
      if (substr($2, 1, 1) == "*") {
        register = substr($2, 2)
        jump_table = $1 == "jmp" && !tail && table && previous ~ ("^add +%[a-z0-9]+," register "$")
        if (!jump_table && !door) offend("*" register " (" $1 " through a pointer outside Kernel.Call)")
      } else {
        calls++
        if (!index($0, "<")) offend($2 " (" $1 " to an address without a symbol)")
        else if (!is_child(target($0))) offend(target($0))
      }
    } else if ($0 ~ /# .*</) {
      text = $0; sub(/^.*# /, "", text)
      name = target(text)
      if (name == "__readonlydata_" symbol) table = 1
      else if (!is_child(name) && index(name, "__readonlydata_" prefix) != 1) offend(name " (data)")
    } else if ($1 ~ /^i?div[bwlq]?$/) {
      offend($1 " (division by a variable)")
    }
    previous = $0; sub(/ +$/, "", previous)
  }
  END {
    if (failed) exit 1
    if (!methods) { print "nogc-gate: no symbol " prefix "* found: stripped binary, or the name mangling has changed"; exit 1 }
    if (!entries) { print "nogc-gate: no symbol " prefix "ChildEntry__*: the entry of the child was inlined or renamed"; exit 1 }
    if (offences) { printf "nogc-gate: FAILED: %d offences in %d methods\n", offences, methods; exit 1 }
    printf "nogc-gate: ok: %d methods, %d direct calls and jumps\n", methods, calls
  }'
