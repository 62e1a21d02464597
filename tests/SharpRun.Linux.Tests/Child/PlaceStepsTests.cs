using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using Xunit;

namespace SharpRun.Linux.Tests.Child;

/// <summary>MakePlace on a real directory tree: the one op that walks a path.</summary>
public sealed class PlaceStepsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sharprun-place-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("/a", "a")]
    [InlineData("/a/b/c", "a/b/c")]
    [InlineData("/here/b", "here/b")]
    [InlineData("/dangling", "made/there")]
    [InlineData("/dangling/below", "made/there/below")]
    [InlineData("/relative/x", "here/sub/x")]
    [InlineData("/out/x", "etc-of-nobody/x")]
    [InlineData("/chain/x", "made/there/x")]
    [InlineData("/slash/x", "made/slash/x")]
    [InlineData("/slashes/x", "made//by//many/x")]
    public void MakePlace_Missing_IsMadeInside(string path, string made)
    {
        Prepare();
        Assert.Equal(Errno.ENOSYS, Run(path, FileAbi.S_IFDIR | 0x1ED));
        Assert.True(Directory.Exists(Path.Combine(_root, made)), made);
    }

    [Theory]
    [InlineData("/a/b/file", "a/b/file")]
    [InlineData("/dangling", "made/there")]
    [InlineData("/chain", "made/there")]
    public void MakePlace_MissingFile_IsMadeInside(string path, string made)
    {
        Prepare();
        Assert.Equal(Errno.ENOSYS, Run(path, FileAbi.S_IFREG | 0x1A4));
        Assert.True(File.Exists(Path.Combine(_root, made)), made);
    }

    [Theory]
    [InlineData("/file/x", nameof(Errno.ENOTDIR))]
    [InlineData("/loop", nameof(Errno.ELOOP))]
    [InlineData("/loop/x", nameof(Errno.ELOOP))]
    public void MakePlace_Impossible_Fails(string path, string expected)
    {
        Prepare();
        Assert.Equal(expected, Run(path, FileAbi.S_IFDIR | 0x1ED).ToString());
    }

    /// <remarks>As when somebody exchanges /proc for a link after it was found missing.</remarks>
    [Theory]
    [InlineData("/dangling")]
    [InlineData("/dangling/x")]
    [InlineData("/here/link")]
    public void Cve_2019_19921_MakePlace_LinkWhereNoneMayBe_IsRefused(string path)
    {
        Prepare();
        _ = File.CreateSymbolicLink(Path.Combine(_root, "here/link"), "/here/sub/new");
        Assert.Equal(Errno.ELOOP, Run(path, FileAbi.S_IFDIR | 0x1ED, FileAbi.RESOLVE_NO_SYMLINKS));
        Assert.False(Directory.Exists(Path.Combine(_root, "made")));
        Assert.False(Directory.Exists(Path.Combine(_root, "here/sub/new")));
    }

    [Fact]
    public void MakePlace_LinkThatGrowsForEver_Ends()
    {
        Prepare();
        _ = File.CreateSymbolicLink(Path.Combine(_root, "grow"), "grow/" + new string('x', 200));
        Assert.Contains(Run("/grow", FileAbi.S_IFDIR | 0x1ED), new[] { Errno.ELOOP, Errno.ENAMETOOLONG });
    }

    [Fact]
    public void MakePlace_LongestPath_IsRefusedOrMade()
    {
        Prepare();
        string longest = string.Concat(Enumerable.Repeat("/" + new string('y', 200), 20));
        Assert.Equal(Errno.ENAMETOOLONG, Run(longest, FileAbi.S_IFDIR | 0x1ED));
        Assert.Equal(Errno.ENOSYS, Run(longest[..3000].TrimEnd('/'), FileAbi.S_IFDIR | 0x1ED));
    }

    private void Prepare()
    {
        _ = Directory.CreateDirectory(Path.Combine(_root, "here/sub"));
        File.WriteAllText(Path.Combine(_root, "file"), "");
        _ = File.CreateSymbolicLink(Path.Combine(_root, "dangling"), "/made/there");
        _ = File.CreateSymbolicLink(Path.Combine(_root, "relative"), "here/sub");
        _ = File.CreateSymbolicLink(Path.Combine(_root, "out"), "../../../../../etc-of-nobody");
        _ = File.CreateSymbolicLink(Path.Combine(_root, "chain"), "here/../dangling");
        _ = File.CreateSymbolicLink(Path.Combine(_root, "slash"), "made/slash///");
        _ = File.CreateSymbolicLink(Path.Combine(_root, "slashes"), "//made///by//many//");
        _ = File.CreateSymbolicLink(Path.Combine(_root, "loop"), "loop");
    }

    /// <summary>Runs MakePlace against the real kernel; ENOSYS is the recorder's answer to the execve behind it.</summary>
    private Errno Run(string path, uint mode, ulong resolve = 0)
    {
        using var kernel = new RecordingKernel { Answer = RealCall };
        PlanBuilder plan = new();
        _ = plan.OpenHost(_root, FileAbi.O_PATH | FileAbi.O_DIRECTORY, FdSlot.Rootfs).MakePlace(path, mode, FdSlot.Target, resolve).Close(FdSlot.Target)
            .Close(FdSlot.Rootfs).FindProgram("x", ["/x"]).Execute(["x"], []);
        (int step, Errno errno) = ChildRun.Run(plan.Build());
        Assert.InRange(step, 2, 6);
        if (step == 2 && kernel.Calls.Contains("openat2"))
        {
            // The failure left the root's descriptor open.
            _ = Tmds.Linux.LibC.close((int)kernel.Arguments[kernel.Calls.IndexOf("openat2")][0]);
        }

        return errno;
    }

    private static nint? RealCall(string name, nint[] a)
    {
        if (name is not ("openat" or "openat2" or "mkdirat" or "mknodat" or "readlinkat" or "close"))
        {
            return null;
        }

        nint result = (nint)Tmds.Linux.LibC.syscall(
            (Tmds.Linux.long_t)RecordingKernel.Number(name), Argument(a[0]), Argument(a[1]), Argument(a[2]), Argument(a[3]), Argument(a[4]), Argument(a[5]));
        return result < 0 ? -(nint)Tmds.Linux.LibC.errno : result;
    }

    private static unsafe Tmds.Linux.syscall_arg Argument(nint value) => (void*)value;
}
