using System.Diagnostics;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;
using Xunit;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Tests.Cgroups;

/// <summary>The kernel takes the program and does what it says, in a cgroup that is made for the test and removed after it.</summary>
public sealed class DeviceProgramKernelTests : IDisposable
{
    private static readonly string[] Accesses = ["rwm", "rw", "r"];

    private readonly string _cgroup = Path.Combine(CgroupFactAttribute.Mount ?? "/nonexistent", $"sharprun-test-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_cgroup))
        {
            Directory.Delete(_cgroup);
        }
    }

    [CgroupFact]
    public void Attach_NoResources_LeavesTheDefaultDevices()
    {
        Attach(null);
        Assert.Equal("null:rw zero:r", Opened());
    }

    [CgroupFact]
    public void Attach_ReadOnlyRule_DoesNotOpenForWriting()
    {
        Attach(new ResourcesSpec { Devices = DeviceProgramTests.Rules("d a *:* rwm, a c 1:11 r") });
        Assert.Equal("null:rw zero:r kmsg:r", Opened());
    }

    [CgroupFact]
    public void Attach_WritingDenied_DoesNotOpenForBoth()
    {
        Attach(new ResourcesSpec { Devices = DeviceProgramTests.Rules("a a *:* rwm, d c 1:11 w") });
        Assert.Equal("null:rw zero:r kmsg:r", Opened());
    }

    [CgroupFact]
    public void Attach_EverythingAllowed_OpensEverything()
    {
        Attach(new ResourcesSpec { Devices = DeviceProgramTests.Rules("a a *:* rwm") });
        Assert.Equal("null:rw zero:r kmsg:r kmsg:rw", Opened());
    }

    [CgroupFact]
    public void Attach_Twice_AnAccessMustPassBoth()
    {
        Attach(new ResourcesSpec { Devices = DeviceProgramTests.Rules("a c 1:11 rw") });
        Attach(null);
        Assert.Equal("null:rw zero:r", Opened());
    }

    [CgroupFact]
    public void Detach_AfterAFailedCreation_LeavesTheOthersAlone()
    {
        Attach(new ResourcesSpec { Devices = DeviceProgramTests.Rules("a c 1:11 rw") });
        string before = Opened();
        using OwnedFd directory = Files.Open(_cgroup, O_RDONLY | O_DIRECTORY);
        using OwnedFd program = DeviceProgram.Attach(directory.Number, null, []);
        Assert.NotEqual(before, Opened());

        Bpf.DetachDeviceProgram(directory.Number, program);

        Assert.Equal(before, Opened());
    }

    [CgroupFact]
    public void Attach_NotACgroup_SaysSo()
    {
        using OwnedFd directory = Files.Open("/tmp", O_RDONLY | O_DIRECTORY);
        LinuxException error = Assert.Throws<LinuxException>(() => DeviceProgram.Attach(directory.Number, null, []));
        Assert.Equal("bpf(BPF_PROG_ATTACH): EBADF (bad file descriptor)", error.Message);
    }

    /// <remarks>The verifier's work grows with what it must tell apart, not only with the length.</remarks>
    [CgroupFact]
    public void Load_LongLists_PassTheVerifier()
    {
        string[] lists =
        [
            .. Accesses.Select(access => Text(1300, i => $"a b {i}:1 {access}")),
            .. Accesses.Select(access => Text(4000, i => $"a b 8:{i} {access}")),
            Text(1300, i => $"a b *:{i} r"),
            Text(2600, i => i % 2 == 0 ? $"a b *:{i} r" : $"a b {i}:{i} r"),
            "a a *:* rwm, " + Text(1300, i => $"d b {i}:1 w"),
            "a a *:* rwm, " + Text(1300, i => $"d b {i}:* w"),
        ];
        foreach (string list in lists)
        {
            BpfInstruction[] program = Longest(DeviceProgramTests.Rules(list));
            Assert.InRange(program.Length, 3900, 4096);
            Bpf.LoadDeviceProgram(program, "sharprun_test"u8).Dispose();
        }
    }

    /// <summary>The program of as many of the rules as fit.</summary>
    private static BpfInstruction[] Longest(DeviceRule[] rules)
    {
        for (int count = rules.Length; ; count -= 5)
        {
            try
            {
                return DeviceProgram.Compile(DeviceRules.Of(rules[..count], []));
            }
            catch (LinuxException)
            {
                // One less, until it is short enough.
            }
        }
    }

    private static string Text(int count, Func<int, string> rule) => string.Join(", ", Enumerable.Range(1, count).Select(rule));

    private void Attach(ResourcesSpec? resources)
    {
        _ = Directory.CreateDirectory(_cgroup);
        using OwnedFd directory = Files.Open(_cgroup, O_RDONLY | O_DIRECTORY);
        DeviceProgram.Attach(directory.Number, resources, []).Dispose();
    }

    /// <summary>What a process in the cgroup can open, of what this machine lets its root open.</summary>
    private string Opened()
    {
        // A subshell each: a failed redirection of exec ends the shell.
        const string Script =
            """
            echo $$ > "$1/cgroup.procs" || exit 1
            (exec 3<>/dev/null) && echo null:rw
            (exec 3</dev/zero) && echo zero:r
            (exec 3</dev/kmsg) && echo kmsg:r
            (exec 3<>/dev/kmsg) && echo kmsg:rw
            exit 0
            """;
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", _cgroup]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
        return string.Join(' ', output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
