using System.Runtime.InteropServices;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Child;
using Xunit;

namespace SharpRun.Linux.Tests.Child;

/// <summary>What happens before .NET starts, with a recorded kernel: when the process is started again, and with which environment.</summary>
public sealed unsafe class ProtectedStartTests : IDisposable
{
    private readonly List<nint> _memory = [];

    public void Dispose() => _memory.ForEach(Marshal.FreeHGlobal);

    [Theory]
    [InlineData("run", true)]
    [InlineData("create", true)]
    [InlineData("state", false)]
    [InlineData("runner", false)]
    [InlineData("creat", false)]
    [InlineData("", false)]
    public void Enter_CommandThatMakesAContainer_IsStartedAgain(string command, bool again)
    {
        List<string> calls = Enter(["sharprun", "--root", "/x", command, "id"], ["PATH=/bin"], out _);
        Assert.Equal(again, calls.Contains("execveat"));
        Assert.Equal(again ? ["mmap", "open_tree", "mount_setattr", "rt_sigprocmask", "execveat", "rt_sigprocmask", "close"] : [], calls);
    }

    [Fact]
    public void Enter_NameOfTheProgram_IsNoCommand() => Assert.Empty(Enter(["run"], [], out _));

    [Fact]
    public void Enter_Marker_IsNotStartedAgain() => Assert.Empty(Enter(["sharprun", "run"], ["A=b", "_SHARPRUN_SAFE=1"], out _));

    [Fact]
    public void Enter_Environment_IsMarkedAndScrubbed()
    {
        _ = Enter(
            ["sharprun", "run"],
            ["PATH=/bin", "DOTNET_GCHeapHardLimit=1", "COMPlus_x=1", "CORECLR_y=1", "LD_PRELOAD=/x", "GLIBC_TUNABLES=x", "MALLOC_z=1", "DOTNE=1", "LD=1", "_SHARPRUN_SAFE=0"],
            out List<string> environment);
        Assert.Equal(["_SHARPRUN_SAFE=1", "PATH=/bin", "DOTNE=1", "LD=1", "_SHARPRUN_SAFE=0"], environment);
    }

    [Theory]
    [InlineData("mmap", "mmap")]
    [InlineData("open_tree", "mmap open_tree")]
    [InlineData("mount_setattr", "mmap open_tree mount_setattr close")]
    public void Enter_KernelRefuses_GoesOnAsBefore(string refused, string calls) =>
        Assert.Equal(calls, string.Join(' ', Enter(["sharprun", "run"], [], out _, refused)));

    private List<string> Enter(string[] arguments, string[] environment, out List<string> executedWith, string refused = "")
    {
        var seen = new List<string>();
        nint scratch = Allocate(64 * 1024);
        using var recorder = new RecordingKernel
        {
            Answer = (name, values) =>
            {
                if (name == refused)
                {
                    return -(nint)Errno.EPERM;
                }

                if (name == "execveat")
                {
                    for (byte** entry = (byte**)values[3]; *entry != null; entry++)
                    {
                        seen.Add(Marshal.PtrToStringUTF8((nint)(*entry))!);
                    }

                    return -(nint)Errno.EACCES;
                }

                return name == "mmap" ? scratch : null;
            },
        };
        Kernel kernel = RecordingKernel.Door;
        ProtectedStart.Enter(&kernel, arguments.Length, Pointers(arguments), Pointers(environment), 0xff);
        executedWith = seen;
        return recorder.Calls;
    }

    private byte** Pointers(string[] texts)
    {
        var pointers = (byte**)Allocate((texts.Length + 1) * sizeof(byte*));
        for (int i = 0; i < texts.Length; i++)
        {
            pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        }

        return pointers;
    }

    private nint Allocate(int size)
    {
        nint memory = Marshal.AllocHGlobal(size);
        new Span<byte>((void*)memory, size).Clear();
        _memory.Add(memory);
        return memory;
    }
}
