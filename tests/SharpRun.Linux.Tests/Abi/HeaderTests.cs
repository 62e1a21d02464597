using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using SharpRun.Linux.Abi;
using Xunit;

namespace SharpRun.Linux.Tests.Abi;

/// <summary>Every number and every struct of Abi/, against the C headers: the compiler of the machine tells what they really are.</summary>
public class HeaderTests
{
    private const string Includes =
        """
        #define _GNU_SOURCE
        #include <stddef.h>
        #include <stdio.h>
        #include <asm/unistd.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <linux/audit.h>
        #include <linux/bpf.h>
        #include <linux/capability.h>
        #include <linux/keyctl.h>
        #include <linux/landlock.h>
        #include <linux/magic.h>
        #include <linux/memfd.h>
        #include <linux/mount.h>
        #include <linux/netlink.h>
        #include <linux/nsfs.h>
        #include <linux/openat2.h>
        #include <linux/filter.h>
        #include <linux/ioprio.h>
        #include <linux/rtnetlink.h>
        #include <linux/sched.h>
        #include <linux/sched/types.h>
        #include <linux/sockios.h>
        #include <linux/seccomp.h>
        #include <linux/stat.h>
        #include <linux/close_range.h>
        #include <net/if.h>
        #include <poll.h>
        #include <signal.h>
        #include <sys/prctl.h>
        #include <sys/resource.h>
        #include <sys/socket.h>
        #include <linux/limits.h>
        #include <sys/statfs.h>
        #include <sys/statvfs.h>
        #include <sys/wait.h>
        #include <sys/ioctl.h>
        #include <asm/termbits.h>
        #include <sys/uio.h>
        #include <unistd.h>
        #define MNT_DETACH 2
        #define UMOUNT_NOFOLLOW 8
        #define X32_SYSCALL_BIT __X32_SYSCALL_BIT
        #define LINUX_CAPABILITY_VERSION_3 _LINUX_CAPABILITY_VERSION_3

        """;

    // A name that is ours, and one that is newer than the headers of the oldest supported Debian. P_*, SOCK_* and FSCONFIG_* are enumerators, which #ifdef cannot see.
    private static readonly HashSet<string> NotInHeaders = ["SignalCount", "PROC_ROOT_INO", "ST_NOSYMFOLLOW", "MFD_EXEC", "MFD_NOEXEC_SEAL", "LANDLOCK_RULE_NET_PORT"];

    /// <summary>The structs and the C type that each must be as large as.</summary>
    public static TheoryData<string, string> Structs => new()
    {
        { nameof(OpenHow), "struct open_how" },
        { nameof(Statx), "struct statx" },
        { nameof(StatFs), "struct statfs" },
        { nameof(FileStatus), "struct stat" },
        { nameof(MountAttr), "struct mount_attr" },
        { nameof(CloneArgs), "struct clone_args" },
        { nameof(Rlimit64), "struct rlimit" },
        { nameof(SchedulerAttributes), "struct sched_attr" },
        { nameof(CapabilityHeader), "struct __user_cap_header_struct" },
        { nameof(InterfaceRequest), "struct ifreq" },
        { nameof(NetlinkHeader), "struct nlmsghdr" },
        { nameof(LinkMessage), "struct ifinfomsg" },
        { nameof(AddressMessage), "struct ifaddrmsg" },
        { nameof(NetlinkAttribute), "struct nlattr" },
        { nameof(TerminalSettings), "struct termios" },
        { nameof(WindowSize), "struct winsize" },
        { nameof(MessageHeader), "struct msghdr" },
        { nameof(IoVector), "struct iovec" },
        { nameof(BpfInstruction), "struct bpf_insn" },
        { nameof(SocketFilter), "struct sock_filter" },
        { nameof(SocketFilterProgram), "struct sock_fprog" },
        { nameof(PathBeneathAttributes), "struct landlock_path_beneath_attr" },
    };

    [Fact]
    public void Constants_AreThoseOfTheHeaders()
    {
        List<(string Name, ulong Value)> ours = Constants();
        Dictionary<string, ulong> theirs = Ask(
            string.Concat(ours.Select(constant => IsEnumerator(constant.Name)
                ? $"    printf(\"{constant.Name} %llu\\n\", (unsigned long long){constant.Name});\n"
                : $"#ifdef {Header(constant.Name)}\n    printf(\"{constant.Name} %llu\\n\", (unsigned long long){Header(constant.Name)});\n#endif\n")));

        foreach ((string name, ulong value) in ours)
        {
            if (theirs.TryGetValue(name, out ulong real))
            {
                // A C int that is negative, or an unsigned 32-bit mask, may be wider here.
                Assert.True(real == value || (uint)real == (uint)value, $"{name} is {real}, not {value}");
            }
        }

        // Or the test has lost one of its includes.
        string[] unknown = [.. ours.Select(constant => constant.Name).Where(name => !theirs.ContainsKey(name) && !NotInHeaders.Contains(name))];
        Assert.True(unknown.Length == 0, "not in the headers: " + string.Join(' ', unknown));
    }

    [Theory]
    [MemberData(nameof(Structs))]
    public void Structs_HaveTheSizeOfTheHeaders(string name, string type)
    {
        Type ours = typeof(OpenHow).Assembly.GetType("SharpRun.Linux.Abi." + name, throwOnError: true)!;
        ulong size = Ask($"    printf(\"size %zu\\n\", sizeof({type}));\n")["size"];
        object ourSize = typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(ours).Invoke(null, null)!;
        Assert.Equal(size, (ulong)(int)ourSize);
    }

    [Fact]
    public unsafe void Statx_FieldsAreWhereTheHeadersHaveThem()
    {
        Dictionary<string, ulong> theirs = Ask(
            """
                printf("Mode %zu\nUid %zu\nInode %zu\nRdevMajor %zu\nRdevMinor %zu\nMountId %zu\n", offsetof(struct statx, stx_mode),
                    offsetof(struct statx, stx_uid), offsetof(struct statx, stx_ino), offsetof(struct statx, stx_rdev_major),
                    offsetof(struct statx, stx_rdev_minor), offsetof(struct statx, stx_mnt_id));

            """);
        Statx stat;
        byte* start = (byte*)&stat;
        Assert.Equal(theirs["Mode"], (ulong)((byte*)&stat.Mode - start));
        Assert.Equal(theirs["Uid"], (ulong)((byte*)&stat.Uid - start));
        Assert.Equal(theirs["Inode"], (ulong)((byte*)&stat.Inode - start));
        Assert.Equal(theirs["RdevMajor"], (ulong)((byte*)&stat.RdevMajor - start));
        Assert.Equal(theirs["RdevMinor"], (ulong)((byte*)&stat.RdevMinor - start));
        Assert.Equal(theirs["MountId"], (ulong)((byte*)&stat.MountId - start));
    }

    [Fact]
    public unsafe void FileStatus_ModeIsWhereTheHeadersHaveIt()
    {
        FileStatus status;
        Assert.Equal(Ask("    printf(\"Mode %zu\\n\", offsetof(struct stat, st_mode));\n")["Mode"], (ulong)((byte*)&status.Mode - (byte*)&status));
    }

    [Fact]
    public unsafe void BpfAttributes_FieldsAreWhereTheHeadersHaveThem()
    {
        Dictionary<string, ulong> theirs = Ask(
            """
                printf("Size %zu\nInstructions %zu\nLicense %zu\nName %zu\n", sizeof(union bpf_attr), offsetof(union bpf_attr, insns),
                    offsetof(union bpf_attr, license), offsetof(union bpf_attr, prog_name));
                printf("ProgramFd %zu\nAttachFlags %zu\n", offsetof(union bpf_attr, attach_bpf_fd), offsetof(union bpf_attr, attach_flags));

            """);
        BpfLoadAttributes load;
        BpfAttachAttributes attach;
        Assert.InRange(theirs["Size"], 0UL, (ulong)sizeof(BpfLoadAttributes));
        Assert.InRange(theirs["Size"], 0UL, (ulong)sizeof(BpfAttachAttributes));
        Assert.Equal(theirs["Instructions"], (ulong)((byte*)&load.Instructions - (byte*)&load));
        Assert.Equal(theirs["License"], (ulong)((byte*)&load.License - (byte*)&load));
        Assert.Equal(theirs["Name"], (ulong)(load.Name - (byte*)&load));
        Assert.Equal(theirs["ProgramFd"], (ulong)((byte*)&attach.ProgramFd - (byte*)&attach));
        Assert.Equal(theirs["AttachFlags"], (ulong)((byte*)&attach.AttachFlags - (byte*)&attach));
    }

    [Fact]
    public void CapabilityNames_AreThoseOfTheHeader()
    {
        IEnumerable<string> names = Enumerable.Range(0, CapabilityAbi.Count).Select(CapabilityAbi.Name);
        Dictionary<string, ulong> theirs = Ask(
            string.Concat(names.Append("CAP_LAST_CAP").Select(name => $"    printf(\"{name} %d\\n\", {name});\n")));
        Assert.Equal((ulong)CapabilityAbi.Count - 1, theirs["CAP_LAST_CAP"]);
        Assert.All(theirs.Where(pair => pair.Key != "CAP_LAST_CAP"), pair => Assert.Equal((int)pair.Value, CapabilityAbi.Number(pair.Key)));
    }

    [Fact]
    public void LimitNames_AreThoseOfTheHeader()
    {
        IEnumerable<string> names = Enumerable.Range(0, 16).Select(ResourceLimits.Name);
        Dictionary<string, ulong> theirs = Ask(string.Concat(names.Select(name => $"    printf(\"{name} %d\\n\", {name});\n")));
        Assert.All(theirs, pair => Assert.Equal((int)pair.Value, ResourceLimits.Number(pair.Key)));
    }

    private static string Header(string name) => name.StartsWith("SYS_", StringComparison.Ordinal) ? "__NR_" + name[4..] : name;

    private static bool IsEnumerator(string name) =>
        name.StartsWith("FSCONFIG_", StringComparison.Ordinal) || name.StartsWith("SOCK_", StringComparison.Ordinal)
        || name is "ST_RDONLY" or "P_ALL" or "P_PID" or "P_PIDFD" or "MSG_NOSIGNAL" or "IFF_UP" or "IFF_RUNNING" or "IOPRIO_WHO_PROCESS" or "LANDLOCK_RULE_PATH_BENEATH"
        || name.StartsWith("BPF_", StringComparison.Ordinal) || name.StartsWith("IFLA_", StringComparison.Ordinal)
        || name.StartsWith("IFA_", StringComparison.Ordinal) || name is "IFF_LOOPBACK" or "RT_SCOPE_UNIVERSE";

    private static List<(string Name, ulong Value)> Constants() =>
        [.. typeof(SyscallNumber).Assembly.GetTypes()
            .Where(type => type is { Namespace: "SharpRun.Linux.Abi", IsAbstract: true, IsSealed: true } || type == typeof(Errno))
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
            .Where(field => field.IsLiteral)
            .Select(field => (field.Name, unchecked((ulong)Convert.ToInt64(Unsigned(field.GetRawConstantValue()!), CultureInfo.InvariantCulture))))];

    private static object Unsigned(object value) => value is ulong large ? unchecked((long)large) : value;

    /// <summary>Compiles and runs a program that prints names and numbers.</summary>
    private static Dictionary<string, ulong> Ask(string statements)
    {
        string folder = Directory.CreateTempSubdirectory("sharprun-headers-").FullName;
        try
        {
            string source = Path.Combine(folder, "ask.c");
            File.WriteAllText(source, $"{Includes}int main(void)\n{{\n{statements}    return 0;\n}}\n");
            _ = Output("clang", "-w", "-o", Path.Combine(folder, "ask"), source);
            return Output(Path.Combine(folder, "ask")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' '))
                .ToDictionary(words => words[0], words => ulong.Parse(words[1], CultureInfo.InvariantCulture));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Output(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {errors}");
        return output;
    }
}
