#!/usr/bin/env bash
# Runs the conformance cases against OCI runtimes in a private view of cgroup v2, and writes the report.
#
# usage: conformance/run.sh [RUNTIME]      a path; without one: artifacts/sharprun, and runc and crun of eng/peers.sh
#
# Results: artifacts/conformance/NAME.trx and NAME.junit.xml for each runtime, report.json; for the three also conformance/report.md.
# The exit status is 0 when every result is the expected one, see conformance/known.tsv.
set -euo pipefail
given=${1:+$(realpath "$1")}
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1
results=$PWD/artifacts/conformance
mkdir -p "$results"
for project in Cases Report; do
  dotnet build "conformance/Conformance.$project" --configuration Release --nologo --verbosity quiet
done

# run NAME PATH
run() {
  rm -f "$results/$1.trx"
  "$2" --version | head -n 1 >"$results/$1.version"
  # A failing case is a result, no failure of the run.
  CONFORMANCE_RUNTIME=$2 eng/v2-view.sh dotnet test conformance/Conformance.Cases --no-build --configuration Release --nologo --verbosity quiet \
    --results-directory "$results" --logger "trx;LogFileName=$1.trx" --logger 'console;verbosity=quiet' >"$results/$1.log" 2>&1 || true
  [ -s "$results/$1.trx" ] || { cat "$results/$1.log" >&2; exit 1; }
  tail -n 1 "$results/$1.log"
}

report() {
  dotnet run --project conformance/Conformance.Report --configuration Release --no-build -- "$PWD" "$@"
}

if [ -n "$given" ]; then
  name=$(basename "$given")
  run "$name" "$given"
  report --only "$name"
else
  peers=$(eng/peers.sh)
  run sharprun "$PWD/artifacts/sharprun"
  run runc "$peers/runc"
  run crun "$peers/crun"
  report sharprun runc crun
fi
