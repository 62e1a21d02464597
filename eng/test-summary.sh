#!/usr/bin/env bash
# One verdict for all tiers of a test run.
#
# usage: eng/test-summary.sh [--complete] FOLDER        (--complete: the run had every tier)
#
# Reads, for every step of the run, its exit status (NAME.status) and what it tested: NAME.trx of a .NET test project, or the
# line "N passed, N failed" (a name and a colon may precede it) in NAME.log of a script. Prints what failed and what was skipped, with reasons, and as the
# last line "N passed, N failed, N skipped".
#   - A test that ran in one tier and was skipped in another counts as run. One that ran nowhere has failed, if the run was
#     complete; else it counts as skipped.
#   - A step that ended badly without a failed test to show for it (did not build, crashed) has failed.
#   - No test at all is a failure, too.
set -euo pipefail
complete=0
if [ "$1" = --complete ]; then
  complete=1
  shift
fi
folder=$1

# outcomes FILE: one line per test of a TRX file: outcome, name, message.
outcomes() {
  awk '
    function attribute(name,   text) {
      if (!match($0, " " name "=\"[^\"]*\"")) return ""
      text = substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
      return text
    }
    function plain(text) {
      gsub(/&quot;/, "\"", text); gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text)
      gsub(/&#x[AD];/, " ", text); gsub(/&apos;/, "\x27", text); gsub(/&amp;/, "\\&", text); gsub(/\t/, " ", text)
      return text
    }
    function flush() {
      if (test != "") printf "%s\t%s\t%s\n", outcome, test, message
      test = ""
    }
    /<UnitTestResult / { flush(); test = plain(attribute("testName")); outcome = attribute("outcome"); message = "" }
    test != "" && message == "" && match($0, /<(Message|StdOut)>/) {
      message = substr($0, RSTART + RLENGTH)
      sub(/<\/.*/, "", message)
      message = plain(message)
    }
    /<\/Results>/ { flush() }
    END { flush() }' "$1"
}

for status_file in "$folder"/*.status; do
  step=$(basename "$status_file" .status)
  status=$(cat "$status_file")
  if [ -f "$folder/$step.trx" ]; then
    outcomes "$folder/$step.trx" | sed "s/^/$step\t$status\ttest\t/"
  elif counts=$(grep --only-matching --extended-regexp '^([a-z-]+: )?[0-9]+ passed, [0-9]+ failed$' "$folder/$step.log" | tail -1) && [ -n "$counts" ]; then
    read -r step_passed step_failed <<<"${counts//[^0-9 ]/}"
    printf '%s\t%s\tcounts\t%s\t%s\n' "$step" "$status" "$step_passed" "$step_failed"
  fi
  printf '%s\t%s\tend\n' "$step" "$status"
done | awk -F '\t' -v complete="$complete" '
  # A skipped theory is one test; a run one is as many as it has rows, each with its arguments in parentheses.
  function method(name) { sub(/\(.*/, "", name); return name }
  $3 == "counts" { passed += $4; failed += $5; bad[$1] += $5; if ($5 > 0) print "FAILED " $5 " of " $1 }
  $3 == "test" && $4 == "Passed" { ran[method($5)] = 1; passed++ }
  $3 == "test" && $4 == "NotExecuted" { skipped[$5] = $6; where[$5] = where[$5] (where[$5] == "" ? "" : ", ") $1 }
  $3 == "test" && $4 != "Passed" && $4 != "NotExecuted" {
    ran[method($5)] = 1; failed++; bad[$1]++
    print "FAILED " $5 " (" $1 "): " $6
  }
  $3 == "end" && $2 != 0 && !bad[$1] { failed++; print "FAILED " $1 ": ended with status " $2 }
  END {
    for (name in skipped) {
      if (method(name) in ran) {
        here++
      } else if (complete) {
        failed++
        print "FAILED " name " ran nowhere: skipped in " where[name] ": " skipped[name]
      } else {
        nowhere++
        print "skipped " name ": " skipped[name]
      }
    }
    if (here) print "skipped in one tier, run in another: " here
    if (passed + failed == 0) { failed = 1; print "FAILED no test was run" }
    printf "%d passed, %d failed, %d skipped\n", passed, failed, nowhere
    exit failed > 0
  }'
