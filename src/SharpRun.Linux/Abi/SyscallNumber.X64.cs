namespace SharpRun.Linux.Abi;

/// <summary>System call numbers of x86-64, asm/unistd_64.h; only those that the child or the wrappers use by number.</summary>
internal static class SyscallNumber
{
    internal const int SYS_read = 0;
    internal const int SYS_write = 1;
    internal const int SYS_close = 3;
    internal const int SYS_rt_sigaction = 13;
    internal const int SYS_rt_sigprocmask = 14;
    internal const int SYS_ioctl = 16;
    internal const int SYS_socket = 41;
    internal const int SYS_execve = 59;
    internal const int SYS_getcwd = 79;
    internal const int SYS_chdir = 80;
    internal const int SYS_fchdir = 81;
    internal const int SYS_umask = 95;
    internal const int SYS_setsid = 112;
    internal const int SYS_setgroups = 116;
    internal const int SYS_setresuid = 117;
    internal const int SYS_getresuid = 118;
    internal const int SYS_setresgid = 119;
    internal const int SYS_getresgid = 120;
    internal const int SYS_capget = 125;
    internal const int SYS_capset = 126;
    internal const int SYS_fstatfs = 138;
    internal const int SYS_pivot_root = 155;
    internal const int SYS_prctl = 157;
    internal const int SYS_umount2 = 166;
    internal const int SYS_sethostname = 170;
    internal const int SYS_setdomainname = 171;
    internal const int SYS_exit_group = 231;
    internal const int SYS_openat = 257;
    internal const int SYS_mkdirat = 258;
    internal const int SYS_mknodat = 259;
    internal const int SYS_fchownat = 260;
    internal const int SYS_unlinkat = 263;
    internal const int SYS_symlinkat = 266;
    internal const int SYS_unshare = 272;
    internal const int SYS_dup3 = 292;
    internal const int SYS_prlimit64 = 302;
    internal const int SYS_setns = 308;
    internal const int SYS_memfd_create = 319;
    internal const int SYS_bpf = 321;
    internal const int SYS_execveat = 322;
    internal const int SYS_statx = 332;
    internal const int SYS_pidfd_send_signal = 424;
    internal const int SYS_open_tree = 428;
    internal const int SYS_move_mount = 429;
    internal const int SYS_fsopen = 430;
    internal const int SYS_fsconfig = 431;
    internal const int SYS_fsmount = 432;
    internal const int SYS_pidfd_open = 434;
    internal const int SYS_clone3 = 435;
    internal const int SYS_close_range = 436;
    internal const int SYS_openat2 = 437;
    internal const int SYS_faccessat2 = 439;
    internal const int SYS_mount_setattr = 442;
}
