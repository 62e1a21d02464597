namespace Conformance.Cases;

/// <summary>config-linux.md, Seccomp.</summary>
public sealed class SeccompCases : ConformanceCase
{
    [Case("config-linux/seccomp/1")]
    public Task DefaultAction_IsForTheRest() => Script("""
        # What is listed is refused, the rest is allowed.
        edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO"}]}'
        observe 'mkdir /tmp/made 2>&1; touch /tmp/file && echo touched'
        has output "$seen" touched
        has output "$seen" 'not permitted'
        """);

    [Case("config-linux/seccomp/2")]
    public Task DefaultErrnoRet_IsTheErrno() => Script(Allowed + """
        edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 38, syscalls: [{names: $allowed, action: "SCMP_ACT_ALLOW"}]}' --argjson allowed "$(allowed)"
        edit '.process.args = ["/bin/mkdir", "/tmp/made"]'
        completed
        has error "$(cat "$dir/errors")" 'not implemented'
        """);

    [Case("config-linux/seccomp/3")]
    public Task DefaultErrnoRet_OfAnActionWithout_Fails() => Script("""
        accepted '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir"], action: "SCMP_ACT_ERRNO"}]}'
        edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", defaultErrnoRet: 38}'
        rejected
        """);

    [Case("config-linux/seccomp/6")]
    public Task Listener_NotThere_Fails() => Script("""
        accepted '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir"], action: "SCMP_ACT_ERRNO"}]}'
        edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: $path, syscalls: [{names: ["mkdir"], action: "SCMP_ACT_NOTIFY"}]}' --arg path "$dir/no-socket"
        if create; then refused start; fi
        """);

    [Case("config-linux/seccomp/7")]
    public Task ListenerMetadata_WithoutListener_Fails() => Script("""
        accepted '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir"], action: "SCMP_ACT_ERRNO"}]}'
        edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerMetadata: "text", syscalls: [{names: ["mkdir"], action: "SCMP_ACT_ERRNO"}]}'
        rejected
        """);

    [Case("config-linux/seccomp/8 config-linux/seccomp/10")]
    public Task Names_AreTheCalls() => Script("""
        edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["chmod", "fchmodat", "fchmodat2"], action: "SCMP_ACT_ERRNO"},
          {names: ["symlink", "symlinkat"], action: "SCMP_ACT_ERRNO"}]}'
        observe 'touch /tmp/f; chmod 700 /tmp/f 2>/dev/null || echo no chmod; ln -s f /tmp/g 2>/dev/null || echo no symlink; mkdir /tmp/d && echo mkdir'
        same calls 'no chmod no symlink mkdir' "$(echo $seen)"
        """);

    [Case("config-linux/seccomp/9")]
    public Task Names_Empty_Fails() => Script("""
        accepted '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir"], action: "SCMP_ACT_ERRNO"}]}'
        edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: [], action: "SCMP_ACT_ERRNO"}]}'
        rejected
        """);

    [Case("config-linux/seccomp/11")]
    public Task ErrnoRet_IsTheErrno() => Script("""
        edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 28}]}'
        observe 'mkdir /tmp/made 2>&1 || :'
        has error "$seen" 'No space left'
        """);

    [Case("config-linux/seccomp/12")]
    public Task ErrnoRet_OfAnActionWithout_Fails() => Script("""
        accepted '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir"], action: "SCMP_ACT_ERRNO"}]}'
        edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", syscalls: [{names: ["mkdir"], action: "SCMP_ACT_ALLOW", errnoRet: 28}]}'
        rejected
        """);

    /// <remarks>kill(pid, signal): the second argument is compared; which of the signals 9, 10 and 12 are refused?</remarks>
    [Theory]
    [InlineData("config-linux/seccomp/13", "SCMP_CMP_EQ", "10", "10")]
    [InlineData("config-linux/seccomp/14", "SCMP_CMP_NE", "10", "9 12")]
    [InlineData("config-linux/seccomp/15", "SCMP_CMP_LT", "10", "9")]
    [InlineData("config-linux/seccomp/16", "SCMP_CMP_LE", "10", "9 10")]
    [InlineData("config-linux/seccomp/17", "SCMP_CMP_GE", "10", "10 12")]
    [InlineData("config-linux/seccomp/18", "SCMP_CMP_GT", "10", "12")]
    [InlineData("config-linux/seccomp/19", "SCMP_CMP_MASKED_EQ", "2", "10")]
    public Task Arguments_AreCompared(string requirement, string op, string value, string expected) => Checks(requirement, $$"""
        edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["kill"], action: "SCMP_ACT_ERRNO", args: [{index: 1, value: {{value}}, valueTwo: 2, op: "{{op}}"}]}]}'
        # Nothing happens to the first process of a pid namespace by signals from within.
        observe 'for signal in 9 10 12; do kill -$signal 1 2>/dev/null || echo $signal; done'
        same 'signals that are refused' '{{expected}}' "$(echo $seen)"
        """);

    [Case("config-linux/seccomp/20")]
    public Task KillProcess_EndsTheProcess() => Script("""
        edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_KILL_PROCESS"}]}'
        observe 'mkdir /tmp/made; echo status $?'
        same status 'status 159' "$(echo $seen | sed 's/.*status/status/')"
        """);

    [Case("config-linux/seccomp/21")]
    public Task Filter_IsThere() => Script("""
        edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir"], action: "SCMP_ACT_ERRNO"}]}'
        observe 'awk "\$1 == \"Seccomp:\" { print \$2 }" /proc/self/status'
        same mode 2 "$seen"
        """);

    /// <summary>The calls that everything but mkdir may need.</summary>
    private const string Allowed = """
        allowed() {
          busybox awk 'BEGIN { print "[\"read\"" }'
          for call in write open openat close stat fstat lstat newfstatat statx poll lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask rt_sigreturn ioctl \
            pread64 pwrite64 readv writev access faccessat faccessat2 pipe pipe2 select sched_yield mremap madvise dup dup2 dup3 nanosleep clock_nanosleep getpid \
            gettid getppid socket connect sendto recvfrom sendmsg recvmsg shutdown bind listen getsockname getpeername socketpair setsockopt getsockopt clone \
            clone3 fork vfork execve execveat exit wait4 waitid kill tgkill uname fcntl flock fsync ftruncate getdents64 getcwd chdir fchdir rename readlink readlinkat \
            fchmod fchown umask gettimeofday getrlimit prlimit64 setrlimit getuid getgid setuid setgid geteuid getegid setgroups getgroups setresuid setresgid \
            getresuid getresgid capget capset prctl arch_prctl sigaltstack futex set_tid_address set_robust_list rseq clock_gettime exit_group epoll_create1 \
            epoll_ctl epoll_wait epoll_pwait eventfd2 getrandom seccomp close_range statfs fstatfs setsid setpgid keyctl mount umount2 openat2 \
            memfd_create sched_getaffinity sched_setaffinity pidfd_open pidfd_send_signal ppoll pselect6 unlink unlinkat restart_syscall personality; do
            echo ", \"$call\""
          done
          echo ']'
        }

        """;
}
