#!/usr/bin/env bash
# Runs the validation programs of a built checkout of OCI runtime-tools against SharpRun, runc and crun, and compares.
#
# usage: conformance/runtime-tools.sh CHECKOUT [RUNTIME]      → conformance/runtime-tools.md, its line of README.md, artifacts/conformance/runtime-tools/
#
# The checkout is brought and built by the caller (`make runtimetest validation-executables` there); nothing of it is kept here.
# Every program has a time limit; its TAP is merged into one stream for each runtime.
set -euo pipefail
checkout=$(realpath "${1:?usage: conformance/runtime-tools.sh CHECKOUT [RUNTIME]}")
sharprun=$(realpath "${2:-$(dirname "$0")/../artifacts/sharprun}")
cd "$(dirname "$0")/.."
if [ -z "${IN_V2_VIEW:-}" ]; then
  IN_V2_VIEW=1 exec eng/v2-view.sh conformance/runtime-tools.sh "$checkout" "$sharprun"
fi
peers=$(eng/peers.sh)
limit=${RUNTIME_TOOLS_LIMIT:-60}
output=$PWD/artifacts/conformance/runtime-tools
rm -rf "$output"
mkdir -p "$output"

# Programs that cannot pass on this kind of machine whatever the runtime does, and why.
excluded() {
  case $1 in
    linux_cgroups_*) echo 'reads the files of cgroup v1; runtimes here use cgroup v2' ;;
    linux_process_apparmor_profile) echo 'needs a kernel with AppArmor' ;;
    linux_mount_label) echo 'needs a kernel with SELinux' ;;
    *) return 1 ;;
  esac
}

# argued TEST VERDICT: why SharpRun does on purpose what runc or crun does not; for this verdict, which another failure would change.
argued() {
  case "$1: $2" in
    'hooks_stdin: 2 of 3') echo 'wants the status "created" in a prestart hook; by runtime.md it is "creating" until create has ended, which is what runc says too' ;;
    'linux_ns_itype: 0 of 1') echo 'asks for mounts without a mount namespace: they would be made in the one of the host and outlive the container' ;;
    'mounts: exit 1') echo 'gives bind mounts the options mode=755 and size=1k, which are no options of a bind mount; runc refuses them too' ;;
    'start: 6 of 8') echo 'asks, against its own words ("start MUST generate an error if process was not set"), that such a start succeeds and ends' ;;
    *) return 1 ;;
  esac
}

# remove RUNTIME: containers that a program has left, and then the cgroups that it, or the runtime, has left; those are told.
# They are called as the programs call containers, by a UUID; one program makes a cgroup of its own.
remove() {
  local cgroup
  "$1" list -q 2>/dev/null | while read -r id; do
    "$1" delete --force "$id" >/dev/null 2>&1 || true
  done
  for cgroup in /sys/fs/cgroup/{????????-????-????-????-????????????,cgrouptest}/; do
    if [ -d "$cgroup" ]; then
      echo "runtime-tools: $name: $test left $cgroup"
      rmdir "$cgroup" || true
    fi
  done
}

# passed RUNTIME: how many programs.
passed() { cat "$output/$1".*.verdict | grep -cx passed || true; }

# verdict TAP STATUS: "passed", or what went wrong in short.
verdict() {
  local passed failed
  passed=$(grep -c '^ok ' "$1" || true)
  failed=$(grep -c '^not ok ' "$1" || true)
  if [ "$2" -ge 124 ]; then
    echo "no end in $limit s"
  elif [ "$failed" -gt 0 ]; then
    echo "$passed of $((passed + failed))"
  elif [ "$2" -ne 0 ]; then
    echo "exit $2"
  elif [ "$passed" -eq 0 ] && grep -q '"error":' "$1"; then
    # Some programs have no line of TAP: they only say what is wrong.
    echo "an error"
  else
    echo passed
  fi
}

# section HEADING FILE: its lines, or that there is none.
section() {
  echo
  echo "## $1"
  echo
  if [ -s "$2" ]; then cat "$2"; else echo 'None.'; fi
}

mapfile -t programs < <(cd "$checkout/validation" && find . -name '*.t' -type f | sort)
if [ "${#programs[@]}" -eq 0 ]; then
  echo "runtime-tools: no program in $checkout/validation: build it first" >&2
  exit 2
fi

for runtime in "sharprun $sharprun" "runc $peers/runc" "crun $peers/crun"; do
  name=${runtime%% *} path=${runtime#* }
  number=0
  for program in "${programs[@]}"; do
    test=$(basename "$program" .t)
    excluded "$test" >/dev/null && continue
    status=0
    (cd "$checkout" && RUNTIME=$path timeout --kill-after 2 "$limit" "validation/$program") \
      >"$output/$name.$test.tap" 2>"$output/$name.$test.log" </dev/null || status=$?
    verdict "$output/$name.$test.tap" "$status" >"$output/$name.$test.verdict"
    remove "$path"
    {
      echo "# $test: $(cat "$output/$name.$test.verdict")"
      sed "s/^\(not ok\|ok\) [0-9]* *-* */\1 - $test: /; /^1\.\./d; /^TAP version/d" "$output/$name.$test.tap"
    } >>"$output/$name.tap"
    number=$((number + 1))
  done
  echo "runtime-tools: $name: $(passed "$name") of $number programs"
done

# What runc or crun passes and SharpRun does not, on purpose and for no reason.
meant=$output/meant worse=$output/worse
: >"$meant"
: >"$worse"
for program in "${programs[@]}"; do
  test=$(basename "$program" .t)
  excluded "$test" >/dev/null && continue
  verdict=$(cat "$output/sharprun.$test.verdict")
  if [ "$verdict" = passed ] || ! grep -qx passed "$output/runc.$test.verdict" "$output/crun.$test.verdict"; then
    continue
  elif why=$(argued "$test" "$verdict"); then
    echo "- $test: $why" >>"$meant"
  else
    echo "- $test, $verdict: $(grep -h '^not ok' "$output/sharprun.$test.tap" | head -n 1 | cut -c1-160)" >>"$worse"
  fi
done

report=conformance/runtime-tools.md
{
  echo '# OCI runtime-tools'
  echo
  echo "Written by \`make runtime-tools\`: the validation programs of a checkout of opencontainers/runtime-tools, each with $limit s, run against the three"
  echo 'runtimes in the same way on one machine. "2 of 3" counts the lines of TAP that are ok.'
  echo
  echo '| Program | SharpRun | runc | crun |'
  echo '|---|---|---|---|'
  for program in "${programs[@]}"; do
    test=$(basename "$program" .t)
    excluded "$test" >/dev/null && continue
    echo "| $test | $(cat "$output/sharprun.$test.verdict") | $(cat "$output/runc.$test.verdict") | $(cat "$output/crun.$test.verdict") |"
  done
  echo "| **passed** | **$(passed sharprun)** | **$(passed runc)** | **$(passed crun)** |"
  echo
  echo '## Not run'
  echo
  echo '| Program | Why |'
  echo '|---|---|'
  for program in "${programs[@]}"; do
    test=$(basename "$program" .t)
    if why=$(excluded "$test"); then echo "| $test | $why |"; fi
  done
  section 'Passed by runc or crun, on purpose not by SharpRun' "$meant"
  section 'Passed by runc or crun, not by SharpRun' "$worse"
} >"$report"
line="programs of OCI runtime-tools, $number of them, that pass: sharprun $(passed sharprun), runc $(passed runc), crun $(passed crun)"
sed -i "/<!-- generated: runtime-tools -->/{n;s|.*|- $line: [$report]($report)|}" README.md
echo "$line"
[ ! -s "$worse" ]
