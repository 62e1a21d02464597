# The namespaces $types are those of the process $pid instead of new ones. The host name is that of the pod.
{network: "net", ipc: "ipc", uts: "uts", pid: "pid"} as $file
| .linux.namespaces |= map(
    .type as $type
    | if $types | index($type) then .path = "/proc/\($pid)/ns/\($file[$type])" else . end
  )
| del(.hostname)
