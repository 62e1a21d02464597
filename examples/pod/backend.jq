# The application behind it; it can be reached from inside the pod only.
.process.args = ["/bin/httpd", "-f", "-p", "127.0.0.1:2368", "-h", "/srv/www"]
| .process.user = {uid: 1000, gid: 1000}
