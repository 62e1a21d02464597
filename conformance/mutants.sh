#!/usr/bin/env bash
# Does the suite notice planted faults? Runs the cases with a wrapper that breaks one thing at a time in front of a real runtime.
#
# usage: conformance/mutants.sh [FAULT]...        default: all of mutants/faults.tsv → their rows of conformance/mutants.md
#
# A fault is caught when a case fails with it that passes with the runtime as it is: artifacts/sharprun, or $MUTANT_BASE. What that
# one itself fails cannot tell whether a fault is noticed.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1
base=${MUTANT_BASE:-$PWD/artifacts/sharprun}
results=$PWD/artifacts/conformance/mutants
rm -rf "$results"
mkdir -p "$results"
dotnet build conformance/Conformance.Cases --configuration Release --nologo --verbosity quiet

# cases NAME RUNTIME [FILTER]: writes NAME.failed, the displayed names of the cases that fail.
cases() {
  CONFORMANCE_RUNTIME=$2 eng/v2-view.sh dotnet test conformance/Conformance.Cases --no-build --configuration Release --nologo --verbosity quiet \
    --results-directory "$results" --logger "trx;LogFileName=$1.trx" ${3:+--filter "FullyQualifiedName~.$3."} >"$results/$1.log" 2>&1 || true
  grep --only-matching '<UnitTestResult [^>]*outcome="Failed"' "$results/$1.trx" | sed 's/.*testName="\([^"]*\)".*/\1/' | sed 's/&quot;/"/g; s/^Conformance\.Cases\.//' | sort >"$results/$1.failed" || true
  grep -q '<UnitTestResult ' "$results/$1.trx" || { echo "mutants: $1: no case ran" >&2; exit 1; }
}

echo "mutants: the runtime as it is" >&2
cases base "$base"
missed=0 count=0
report=$results/table
: >"$report"
while IFS=$'\t' read -r name what class edit; do
  case $name in '' | '#'*) continue ;; esac
  if [ "$#" -gt 0 ] && [[ " $* " != *" $name "* ]]; then continue; fi
  CONFORMANCE_BASE=$base CONFORMANCE_FAULT=$name CONFORMANCE_EDIT=$edit cases "$name" "$PWD/conformance/mutants/runtime.sh" "$class"
  comm -13 "$results/base.failed" "$results/$name.failed" >"$results/$name.caught"
  number=$(wc -l <"$results/$name.caught")
  count=$((count + 1))
  if [ "$number" -eq 0 ]; then
    missed=$((missed + 1))
    by='**nothing**'
  else
    by=$(head -n 2 "$results/$name.caught" | sed 's/|/\\|/g' | paste -sd ';' | sed 's/;/; /g')
    [ "$number" -le 2 ] || by="$by; and $((number - 2)) more"
  fi
  echo "| $name | $what | $by |" >>"$report"
  echo "mutants: $name: caught by $number" >&2
done <conformance/mutants/faults.tsv

# Rows of faults that were not planted now stay as they are.
header='| Fault | What is broken | Caught by |'
while IFS=$'\t' read -r name _; do
  case $name in '' | '#'*) continue ;; esac
  grep "^| $name |" "$report" || grep "^| $name |" conformance/mutants.md || true
done <conformance/mutants/faults.tsv >"$results/rows"
total=$(wc -l <"$results/rows")
line="planted faults: $((total - $(grep -c '| \*\*nothing\*\* |$' "$results/rows" || true))) of $total caught by the conformance cases"
{
  echo '# Planted faults'
  echo
  # shellcheck disable=SC2016  # marks of markdown
  echo 'Written by `make conformance-mutants`: a wrapper in front of a real runtime breaks one thing at a time; the cases that fail then, and pass without it. Each row is from the last run that planted its fault.'
  echo
  echo "$line."
  echo
  echo "$header"
  echo '|---|---|---|'
  cat "$results/rows"
} >"$results/mutants.md"
mv "$results/mutants.md" conformance/mutants.md
sed -i "/<!-- generated: mutants -->/{n;s/.*/- $line/}" README.md
echo "planted faults: $((count - missed)) of $count caught now"
[ "$missed" -eq 0 ]
