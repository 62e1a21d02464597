#!/usr/bin/env bash
# Does the summary of the tiers tell the truth? Feeds it made-up runs.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# trx STEP STATUS [OUTCOME NAME]...: a .NET test project that ended like this.
trx() {
  local step=$1
  echo "$2" >"$work/run/$step.status"
  shift 2
  {
    echo '<TestRun><Results>'
    while [ $# -gt 0 ]; do
      case $1 in
        Passed) echo "    <UnitTestResult executionId=\"1\" testName=\"$2\" outcome=\"Passed\" />" ;;
        *) printf '    <UnitTestResult testName="%s" outcome="%s">\n<Output>\n<ErrorInfo>\n<Message>because</Message>\n</ErrorInfo></Output></UnitTestResult>\n' "$2" "$1" ;;
      esac
      shift 2
    done
    echo '</Results></TestRun>'
  } >"$work/run/$step.trx"
}

# script STEP STATUS LAST_LINE
script() {
  echo "$2" >"$work/run/$1.status"
  printf 'ok 1 - something\n%s\n' "$3" >"$work/run/$1.log"
}

# verdict NAME STATUS LAST_LINE [PATTERN [OPTION]]: the summary of the run made up so far; begins a new one.
verdict() {
  local output status=0
  output=$(eng/test-summary.sh ${5:+"$5"} "$work/run" 2>&1) || status=$?
  if [ "$status" -eq "$2" ] && [ "$(tail -1 <<<"$output")" = "$3" ] && grep --quiet --fixed-strings -- "${4:-}" <<<"$output"; then
    passed=$((passed + 1))
    echo "ok $((passed + failed)) - $1"
  else
    failed=$((failed + 1))
    echo "not ok $((passed + failed)) - $1: status $status: $output"
  fi
  rm -rf "$work/run"
  mkdir "$work/run"
}
mkdir "$work/run"

trx unit 0 Passed A Passed 'B(x: &quot;1&quot;)'
script gate 0 'gate: 3 passed, 0 failed'
verdict 'tiers are added up' 0 '5 passed, 0 failed, 0 skipped'

trx host 0 Passed A NotExecuted B
trx guest 0 Passed A Passed B
verdict 'skipped here, run there' 0 '3 passed, 0 failed, 0 skipped' 'skipped in one tier, run in another: 1' --complete

trx host 0 NotExecuted A
trx guest 0 Passed 'A(x: 1)' Passed 'A(x: 2)'
verdict 'a theory skipped here, run there' 0 '2 passed, 0 failed, 0 skipped' 'skipped in one tier, run in another: 1' --complete

trx host 0 Passed A NotExecuted B
verdict 'one tier alone: skipped' 0 '1 passed, 0 failed, 1 skipped' 'skipped B: because'

trx host 0 Passed A NotExecuted B
trx guest 0 Passed A NotExecuted B
verdict 'skipped in both: ran nowhere' 1 '2 passed, 1 failed, 0 skipped' 'FAILED B ran nowhere: skipped in guest, host: because' --complete

trx host 1 Passed A Failed B
verdict 'a failed test is named' 1 '1 passed, 1 failed, 0 skipped' 'FAILED B (host): because'

trx host 1 Failed B
trx guest 0 Passed B
verdict 'failed here, passed there: failed' 1 '1 passed, 1 failed, 0 skipped'

trx host 1 Passed A
verdict 'a tier that crashed after its tests' 1 '1 passed, 1 failed, 0 skipped' 'FAILED host: ended with status 1'

script build 1 'error CS1002'
trx unit 0 Passed A
verdict 'a step that is no test' 1 '1 passed, 1 failed, 0 skipped' 'FAILED build: ended with status 1'

script stress 0 '30 passed, 0 failed'
verdict 'a script without a name' 0 '30 passed, 0 failed, 0 skipped'

script gate 1 'gate: 2 passed, 1 failed'
verdict 'a script with a failure' 1 '2 passed, 1 failed, 0 skipped' 'FAILED 1 of gate'

script build 0 ''
verdict 'no test at all' 1 '0 passed, 1 failed, 0 skipped' 'no test was run'

echo "test-summary-test: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
