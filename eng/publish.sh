#!/usr/bin/env bash
# Builds the static binary, checks it and splits off its symbols.
#
# leaves: artifacts/sharprun               what is installed
#         artifacts/sharprun.debug         its symbols, found by debuggers through the debug link
#         artifacts/unstripped/sharprun    what the no-GC gate read
set -euo pipefail
cd "$(dirname "$0")/.."
output=artifacts/unstripped

rm -f artifacts/sharprun artifacts/sharprun.debug
dotnet publish src/SharpRun/SharpRun.csproj --configuration Release --runtime linux-x64 --output "$output" --nologo -v quiet
eng/nogc-gate.sh "$output/sharprun"

# A binary that failed a gate never takes the final name.
work=$(mktemp -d artifacts/publish.XXXXXX)
trap 'rm -rf "$work"' EXIT
objcopy --only-keep-debug "$output/sharprun" "$work/sharprun.debug"
strip --strip-all -o "$work/sharprun" "$output/sharprun"
(cd "$work" && objcopy --add-gnu-debuglink=sharprun.debug sharprun)
eng/elf-gate.sh "$work/sharprun"
chmod 0755 "$work/sharprun"
mv "$work/sharprun.debug" "$work/sharprun" artifacts/
