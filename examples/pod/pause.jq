# The sandbox: its first process does nothing but own the namespaces of the pod.
.process.args = ["/bin/pause"]
| .hostname = "web"
| .linux.sysctl = {"net.ipv4.ip_unprivileged_port_start": "0"} # of the pod's network namespace: nginx is no root and listens on port 80
