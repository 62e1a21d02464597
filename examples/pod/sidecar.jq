# A container with tools; it writes what nginx reads.
.process.args = ["/bin/pause"]
| .mounts += [{destination: "/etc/nginx/conf.d", type: "bind", source: $volume, options: ["bind", "rw"]}]
