#!/usr/bin/env bash
# Source files stay short and are named after their idea.
#
# usage: eng/file-size.sh [MAX_LINES]        (default 400)
set -euo pipefail
cd "$(dirname "$0")/.."
max_lines=${1:-400}
failed=0

mapfile -d '' -t files < <(git ls-files -z --cached --others --exclude-standard -- '*.cs')
if [ "${#files[@]}" -eq 0 ]; then
  echo 'file-size: no source file found'
  exit 1
fi

for file in "${files[@]}"; do
  [ -f "$file" ] || continue # deleted, not yet committed
  lines=$(wc -l <"$file")
  if [ "$lines" -gt "$max_lines" ]; then
    echo "file-size: $file: $lines lines, more than $max_lines: split it by idea"
    failed=1
  fi
  # A drawer for whatever has no home: name the idea instead.
  if [[ $(basename "$file") =~ (Utils?|Utilit(y|ies)|Helpers?|Common|Misc)(\.[A-Za-z0-9]+)?\.cs$ ]]; then
    echo "file-size: $file: name the idea, not Utils, Helpers, Common or Misc"
    failed=1
  fi
  if types=$(grep --line-number --extended-regexp '\b(class|struct|record|interface|enum) +[A-Za-z0-9_]*(Utils?|Utilit(y|ies)|Helpers?|Common|Misc)\b' "$file"); then
    echo "file-size: $file: a type named Utils, Helpers, Common or Misc: $types"
    failed=1
  fi
done

if [ "$failed" -ne 0 ]; then
  exit 1
fi
echo "file-size: ok: ${#files[@]} files"
