using SharpRun.Linux.Abi;
using Tmds.Linux;
using static SharpRun.Linux.Abi.BpfAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Syscalls;

/// <summary>bpf(2): loading eBPF programs and attaching them to cgroups.</summary>
internal static unsafe class Bpf
{
    /// <summary>Loads a program that filters devices (Linux 4.15).</summary>
    /// <param name="program">The instructions.</param>
    /// <param name="name">What tools show: at most 15 letters, digits, <c>_</c> and <c>.</c>.</param>
    internal static OwnedFd LoadDeviceProgram(ReadOnlySpan<BpfInstruction> program, ReadOnlySpan<byte> name)
    {
        fixed (BpfInstruction* instructions = program)
        fixed (byte* license = "Apache-2.0\0"u8)
        {
            var attributes = new BpfLoadAttributes
            {
                ProgramType = BPF_PROG_TYPE_CGROUP_DEVICE,
                InstructionCount = (uint)program.Length,
                Instructions = (ulong)instructions,
                License = (ulong)license,
            };
            name.CopyTo(new Span<byte>(attributes.Name, 15));

            // EAGAIN: a signal came while the verifier was at work.
            int fd;
            do
            {
                fd = (int)LibC.syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof(BpfLoadAttributes));
            }
            while (fd < 0 && Check.LastError is (Errno.EINTR or Errno.EAGAIN));

            // The kernel opens it close-on-exec.
            return new OwnedFd((int)Check.Result(fd, "bpf(BPF_PROG_LOAD)"));
        }
    }

    /// <summary>Attaches a device program to a cgroup, beside those that are there: an access must pass them all.</summary>
    /// <remarks>The cgroup keeps the program; its descriptor may be closed.</remarks>
    internal static void AttachDeviceProgram(int cgroup, OwnedFd program) =>
        _ = Check.Result(OnCgroup(BPF_PROG_ATTACH, cgroup, program, BPF_F_ALLOW_MULTI), "bpf(BPF_PROG_ATTACH)");

    /// <summary>Takes a device program from a cgroup again; one that is not there is no error.</summary>
    internal static void DetachDeviceProgram(int cgroup, OwnedFd program) => _ = OnCgroup(BPF_PROG_DETACH, cgroup, program, 0);

    private static int OnCgroup(int command, int cgroup, OwnedFd program, uint flags)
    {
        var attributes = new BpfAttachAttributes
        {
            TargetFd = (uint)cgroup,
            ProgramFd = (uint)program.Number,
            AttachType = BPF_CGROUP_DEVICE,
            AttachFlags = flags,
        };
        return (int)LibC.syscall(SYS_bpf, command, &attributes, sizeof(BpfAttachAttributes));
    }
}
