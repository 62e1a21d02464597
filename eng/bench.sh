#!/usr/bin/env bash
# Compares SharpRun with crun and runc on this machine; appends the result to docs/bench-results.md and shows it in README.md.
#
# usage: eng/bench.sh [ROUNDS]        (default 100; BENCH_CPUS=0,1 says which CPUs everything is pinned to)
#
# All binaries lie in one folder, run the same bundles in the same private view of cgroup v2, and take turns.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-100}
cpus=${BENCH_CPUS:-0-$(($(nproc) - 1))}
results=docs/bench-results.md

if [ "$(id -u)" -ne 0 ]; then
  echo 'bench: needs root' >&2
  exit 1
fi
peers=$(eng/peers.sh)
dotnet build eng/SharpRun.Bench/SharpRun.Bench.csproj --configuration Release --nologo --verbosity quiet

work=$(mktemp -d /tmp/sharprun-bench.XXXXXX)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
cp --dereference "${SHARPRUN_BINARY:-artifacts/sharprun}" "$work/bin/sharprun"
cp "$peers/crun" "$peers/runc" "$work/bin/"

# The same document for all, with what each bundle runs.
bundle() {
  local folder=$work/$1
  shift
  mkdir -p "$folder/rootfs/bin"
  cp /bin/busybox "$folder/rootfs/bin/busybox"
  "$folder/rootfs/bin/busybox" --install "$folder/rootfs/bin"
  (cd "$folder" && "$work/bin/sharprun" spec)
  jq '.process.terminal = false | .process.args = $ARGS.positional' "$folder/config.json" --args "$@" >"$folder/config.new"
  mv "$folder/config.new" "$folder/config.json"
}
bundle true /bin/true
bundle sleep /bin/sleep 1000

# The filter of every container of podman's.
bundle profile /bin/true
jq --slurpfile profile tests/profiles/podman.json '.linux.seccomp = $profile[0]' "$work/profile/config.json" >"$work/profile/config.new"
mv "$work/profile/config.new" "$work/profile/config.json"

# A volume for every directory of a large pod, and what Kubernetes masks of a large computer's /sys/devices/system/cpu.
bundle mounts /bin/true
mkdir "$work/volume"
(cd "$work/mounts/rootfs" && mkdir volumes && seq 1000 | sed 's,^,volumes/,' | xargs mkdir)
jq --arg source "$work/volume" '.mounts += [range(1; 1001) | {destination: "/volumes/\(.)", source: $source, options: ["bind"]}]' \
  "$work/mounts/config.json" >"$work/mounts/config.new"
mv "$work/mounts/config.new" "$work/mounts/config.json"
bundle masked /bin/true
(cd "$work/masked/rootfs" && mkdir masked && seq 200 | sed 's,^,masked/,' | xargs mkdir)
jq '.linux.maskedPaths += [range(1; 201) | "/masked/\(.)"]' "$work/masked/config.json" >"$work/masked/config.new"
mv "$work/masked/config.new" "$work/masked/config.json"

report=$work/report.md
{
  echo
  echo "## $(date --utc '+%Y-%m-%d %H:%M') UTC"
  echo
  echo "$rounds rounds, Linux $(uname -r), $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), CPUs $cpus, commit $(git describe --always --dirty)"
  echo
  eng/v2-view.sh taskset --cpu-list "$cpus" dotnet eng/SharpRun.Bench/bin/Release/net10.0/SharpRun.Bench.dll "$work" "$rounds"
} >"$report"

if [ ! -f "$results" ]; then
  cat >"$results" <<'HEAD'
# Benchmark results

Written by `make bench`: medians of alternating runs, the order rotated each round, all binaries in one folder, one bundle for all.
The ratio is the median over the rounds of SharpRun's time divided by crun's in the same round; below 1 SharpRun is faster.
Times depend on the machine; only figures of one section can be compared with each other.
HEAD
fi
cat "$report" >>"$results"
cat "$report"

# Without the heading, between the marks in the README.
section=$(tail -n +4 "$report") awk '
  /^<!-- generated: bench -->/ { print; print ENVIRON["section"]; skip = 1 }
  /^<!-- end of bench -->/ { skip = 0 }
  !skip
' README.md >"$work/README.md"
cp "$work/README.md" README.md
