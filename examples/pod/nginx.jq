# The proxy on port 80, as an ordinary user.
.process.args = ["/usr/sbin/nginx", "-e", "stderr", "-c", "/etc/nginx/nginx.conf", "-g", "daemon off;"]
| .process.user = {uid: 101, gid: 101}
| .mounts += [
    {destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "mode=1777", "size=16m"]},
    {destination: "/etc/nginx/conf.d", type: "bind", source: $volume, options: ["bind", "ro"]}
  ]
