#!/bin/sh
# The launch storm: 5,000 launches beside a thread that collects garbage, 10,000 quiet ones; none may hang (ADR 2).
# Batches, so that the memory of earlier launches does not slow down later ones.
# And the seccomp compiler against libseccomp, for 400 generated profiles.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
noisy=${NOISY:-5000} quiet=${QUIET:-10000} batch=500
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

dotnet publish "$root/tests/stress" -c Release -r linux-x64 -o "$out/bin" -v q --nologo
mkdir -p "$out/bundle/rootfs/bin"
cp "$(command -v busybox)" "$out/bundle/rootfs/bin/true"
cp "$root/tests/stress/config.json" "$out/bundle/config.json"

failed=0
for mode in noisy quiet; do
    if [ "$mode" = noisy ]; then count=$noisy; else count=$quiet; fi
    done_=0
    while [ "$done_" -lt "$count" ]; do
        "$out/bin/sharprun-stress" "$mode" "$out/bundle" "$batch" >"$out/last" || failed=$((failed + 1))
        done_=$((done_ + batch))
    done
    printf '%s: %s launches in batches of %s; the last: ' "$mode" "$done_" "$batch"
    cat "$out/last"
done

# Generated profiles against libseccomp (ADR 9); PROFILES=10000 for more of them.
SHARPRUN_SECCOMP_PROFILES=${PROFILES:-400} dotnet test "$root/tests/SharpRun.Linux.Tests" -c Release --nologo -v quiet \
    --filter FullyQualifiedName~SeccompOracleTests -- RunConfiguration.TreatNoTestsAsError=true >"$out/last" 2>&1 || {
    failed=$((failed + 1))
    cat "$out/last"
}
tail -n 1 "$out/last"

# Each batch counts as one test, and the profiles as one.
total=$(((noisy + quiet) / batch + 1))
echo "$((total - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
