#!/bin/sh
# Inside the machine, before its first command: what engines expect of a booted system.
set -eu

# Engines put containers on overlays of their own, which an overlay cannot carry.
for folder in run tmp var/tmp var/lib/containerd var/lib/containers var/lib/docker home/user; do
  mkdir -p "/$folder"
  mount -t tmpfs -o mode=755 tmpfs "/$folder"
done
chmod 1777 /tmp /var/tmp
chown user:user /home/user
# What a login session gives a user.
install --directory --owner=user --group=user --mode=700 /run/user/1000
mount --make-rshared /
ip link set lo up
echo engines >/proc/sys/kernel/hostname
tr ' ' '\n' </sys/fs/cgroup/cgroup.controllers | while read -r controller; do
  echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control
done

# What containerd calls for Kubernetes: the runtime. That asks for a cpu weight for every pod, and there is no way to ask it not to;
# on a kernel without that controller it is taken out of what the runtime is given.
if grep -q -w cpu /sys/fs/cgroup/cgroup.controllers; then
  ln -s sharprun /usr/local/bin/cri-runtime
else
  cat >/usr/local/bin/cri-runtime <<'END'
#!/bin/sh
previous=
for word; do
  [ "$previous" != --bundle ] || sed -i 's/"cpu":{"shares":[0-9]*}/"cpu":{}/' "$word/config.json"
  previous=$word
done
exec /usr/local/bin/sharprun "$@"
END
  chmod 755 /usr/local/bin/cri-runtime
fi
