#!/usr/bin/env bash
# Runs test tiers, all of them even if one fails, and prints one summary for all.
#
# usage: eng/test.sh TIER...        gate | unit | integration | vm | systemd | engines | stress
set -euo pipefail
cd "$(dirname "$0")/.."

results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1
# A snapshot that does not exist is a failure, not a new snapshot (`make golden` makes those).
export SNAPSHOOTER_STRICT_MODE=${SNAPSHOOTER_STRICT_MODE:-true}

# record TIER COMMAND...: the command's output goes to the screen and to TIER.log, its exit status to TIER.status.
record() {
  local tier=$1 status=0
  shift
  "$@" 2>&1 | tee "$results/$tier.log" || status=${PIPESTATUS[0]}
  echo "$status" >"$results/$tier.status"
}

# dotnet_tier TIER PROJECT [OPTION]...: results in TIER.trx.
dotnet_tier() {
  record "$1" dotnet test "tests/$2/$2.csproj" --no-build --configuration Release --nologo --verbosity quiet \
    --results-directory "$results" --logger "trx;LogFileName=$1.trx" --logger 'console;verbosity=quiet' "${@:3}"
}

gate() {
  record lint make --no-print-directory lint
  record nogc-gate-test eng/nogc-gate-test.sh
  record elf-gate-test eng/elf-gate-test.sh
  record test-summary-test eng/test-summary-test.sh
}

unit() {
  local project
  for project in SharpRun.Tests SharpRun.Spec.Tests SharpRun.Linux.Tests SharpRun.Analyzers.Tests; do
    dotnet_tier "unit-$project" "$project"
  done
}

integration() {
  SHARPRUN_MACHINE=host dotnet_tier integration-host SharpRun.IntegrationTests
}

# Together with the integration tier: what this machine can do, that one does.
vm() {
  local rest=
  if [[ " $tiers " == *' integration '* ]]; then rest=rest; fi
  SHARPRUN_MACHINE=guest SHARPRUN_GUEST_TESTS=$rest dotnet_tier integration-guest SharpRun.IntegrationTests
  # The same guest with the other security module, for what only that can do.
  SHARPRUN_MACHINE=selinux dotnet_tier integration-selinux SharpRun.IntegrationTests --filter 'FullyQualifiedName~.SelinuxTests.'
}

systemd() {
  # Here, so that a failure to make it is told as what it is.
  record systemd-build eng/vm/systemd/build.sh
  SHARPRUN_MACHINE=systemd dotnet_tier systemd SharpRun.IntegrationTests --filter 'FullyQualifiedName~.Systemd.|FullyQualifiedName~.Limits.'
}

engines() {
  # Here, so that a failure to make it is told as what it is.
  record engines-build eng/engines/build.sh
  SHARPRUN_MACHINE=engines dotnet_tier engines SharpRun.IntegrationTests --filter 'FullyQualifiedName~.Engines.'
}

stress() {
  record stress tests/stress/run.sh
}

tiers=$*
built=
published=
for tier in "$@"; do
  case $tier in
    unit | integration | vm | systemd | engines)
      if [ -z "$built" ]; then
        record build dotnet build SharpRun.sln --configuration Release --nologo --verbosity quiet
        built=yes
      fi
      ;;&
    integration | vm | systemd | engines)
      # A given binary is tested as it is.
      if [ -z "$published" ] && [ -z "${SHARPRUN_BINARY:-}" ]; then
        record publish make --no-print-directory publish
        published=yes
      fi
      ;;
    unit | gate | stress) ;;
    *)
      echo "test: unknown tier: $tier" >&2
      exit 2
      ;;
  esac
  began=$SECONDS
  echo "== $tier"
  "$tier"
  echo "== $tier: $((SECONDS - began)) s"
done

complete=
if [[ " $* " == *' integration '* && " $* " == *' vm '* && " $* " == *' systemd '* && " $* " == *' engines '* ]]; then
  complete=--complete
fi
eng/test-summary.sh ${complete:+"$complete"} "$results"
