#!/usr/bin/env bash
# Installs the Debian packages that building, testing and the demo need. Missing ones only.
set -euo pipefail

# package, why
packages=$(
  cat <<'LIST'
clang             links the native binary; checks kernel numbers against the C headers
lld               the linker that can make .NET a static-pie
libc6-dev         static C library, linked into the binary
libseccomp2       what compiled seccomp profiles are compared with in the tests
binutils          objdump and readelf for the gates, strip
busybox-static    root filesystem of the demo, of the tests and of the guest
qemu-system-x86   the guest that runs the tests which need real cgroup controllers
xz-utils          unpacks the guest's kernel
jq                edits config.json in the demo and the benchmark
mmdebstrap        fetches the container engines that drive the runtime in a test tier
e2fsprogs         makes the disk of their guest
dbus-daemon       the bus that the D-Bus client is tested with
nginx-light       the proxy in the pod of examples/pod; only its program is used, not its service
curl              asks it
strace            counts the system calls of a run in the benchmark
uidmap            newuidmap: containers of users without privileges in the tests
util-linux        unshare and nsenter: a private view of cgroup v2
shellcheck        checks the shell scripts
zsh               the tests of its completions
fish              the tests of its completions
mandoc            checks the manual page
git               lists the project's own files
LIST
)

missing=()
while read -r package why; do
  if [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ]; then
    state=present
  else
    state=install
    missing+=("$package")
  fi
  printf '%-8s %-16s %s\n' "$state" "$package" "$why"
done <<<"$packages"

if ! command -v dotnet >/dev/null; then
  echo 'deps: the .NET SDK is missing; global.json names its version' >&2
  exit 1
fi
if [ "${#missing[@]}" -eq 0 ]; then
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "deps: not root; as root: apt-get install ${missing[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq --yes --no-install-recommends "${missing[@]}"
