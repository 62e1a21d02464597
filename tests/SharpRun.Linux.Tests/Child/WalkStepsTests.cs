using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Child;
using SharpRun.Linux.Launch;
using SharpRun.Linux.Plan;
using SharpRun.Linux.Syscalls;
using Xunit;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Tests.Child;

/// <summary>The walk against openat2(2) itself: the same file or the same error for every path.</summary>
public sealed class WalkStepsTests : IDisposable
{
    private const ulong InRoot = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    private const ulong Below = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;

    private static readonly string[] Elements =
        ["a", "b", "c", "f", "up", "abs", "rel", "dangling", "loop", "out", "deep", "toFile", "slash", "dots", "..", ".", "", "nothing"];

    private readonly string _folder = Directory.CreateTempSubdirectory("sharprun-walk-").FullName;

    public WalkStepsTests()
    {
        foreach (string directory in (string[])["a", "a/b", "a/b/c", "b"])
            _ = Directory.CreateDirectory($"{_folder}/root/{directory}");
        File.WriteAllText(_folder + "/outside", "");
        foreach (string directory in (string[])["", "a/", "a/b/", "a/b/c/", "b/"])
        {
            File.WriteAllText($"{_folder}/root/{directory}f", "");
            Link(directory + "up", "..");
            Link(directory + "abs", "/a/b");
            Link(directory + "rel", "../b/../a");
            Link(directory + "dangling", "not/there");
            Link(directory + "loop", "loop");
            Link(directory + "out", "../../../../../../../../../../outside");
            Link(directory + "deep", "/a/b/c/up/abs/./c");
            Link(directory + "toFile", "f");
            Link(directory + "slash", "/a//b/");
            Link(directory + "dots", "./.././a/..");
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(O_PATH, InRoot)]
    [InlineData(O_PATH | O_DIRECTORY, InRoot)]
    [InlineData(O_PATH | O_NOFOLLOW, InRoot)]
    [InlineData(O_RDONLY, InRoot)]
    [InlineData(O_PATH, InRoot | RESOLVE_NO_SYMLINKS)]
    [InlineData(O_PATH | O_NOFOLLOW, InRoot | RESOLVE_NO_SYMLINKS)]
    [InlineData(O_PATH, Below)]
    [InlineData(O_RDONLY | O_NOFOLLOW, Below)]
    public void Open_AnyPath_IsWhatTheKernelAnswers(int flags, ulong resolve)
    {
        using OwnedFd root = Files.Open(_folder + "/root", O_PATH | O_DIRECTORY);
        var random = new Random(20250101);
        var differences = new List<string>();
        for (int i = 0; i < 4000; i++)
        {
            string path = (random.Next(2) == 0 ? "/" : "") + string.Join('/', Enumerable.Range(0, random.Next(1, 7)).Select(_ => Elements[random.Next(Elements.Length)]));
            if (path.Length == 0)
                continue;
            string expected = Answer(Files.TryOpenBeneath(root.Number, path, flags, resolve, out Errno errno), errno);
            string actual = Answer(Walk(root.Number, path, flags, resolve, out Errno walked), walked);
            if (expected != actual)
                differences.Add($"{path}: {expected}, but {actual}");
        }

        Assert.Empty(differences);
    }

    [Theory]
    [InlineData("self")]
    [InlineData("thread-self/status")]
    [InlineData("mounts")]
    [InlineData("self/root")]
    [InlineData("self/root/etc")]
    [InlineData("self/cwd")]
    [InlineData("self/fd/0")]
    [InlineData("self/exe")]
    public void Open_LinksOfProcfs_OnlyThoseThatAreNotMagic(string path)
    {
        using OwnedFd root = Files.Open("/proc", O_PATH | O_DIRECTORY);
        string expected = Answer(Files.TryOpenBeneath(root.Number, path, O_PATH, InRoot, out Errno errno), errno);
        Assert.Equal(expected, Answer(Walk(root.Number, path, O_PATH, InRoot, out Errno walked), walked));
    }

    [Fact]
    public void Open_AnotherFileSystem_IsRefusedWhereItMayNotBe()
    {
        using OwnedFd root = Files.Open("/", O_PATH | O_DIRECTORY);
        Assert.Null(Walk(root.Number, "proc/version", O_PATH, Below, out Errno errno));
        Assert.Equal(Errno.EXDEV, errno);
        Walk(root.Number, "proc/version", O_PATH, InRoot, out errno)!.Dispose();
    }

    [Fact]
    public void Open_LongPaths_AreRefusedAndNoDescriptorIsLeft()
    {
        using OwnedFd root = Files.Open(_folder + "/root", O_PATH | O_DIRECTORY);
        int before = OpenDescriptors();
        Assert.Null(Walk(root.Number, new string('x', 5000), O_PATH, InRoot, out Errno errno));
        Assert.Equal(Errno.ENAMETOOLONG, errno);
        string path = string.Concat(Enumerable.Repeat("a/b/c/up/up/up/", 200));
        Walk(root.Number, path, O_PATH, InRoot, out errno)?.Dispose();
        Assert.Equal(Errno.ELOOP, errno);
        Assert.Equal(before, OpenDescriptors());
    }

    // Of this test's folder only: other tests run in this process at the same time.
    private int OpenDescriptors() =>
        Directory.GetFiles("/proc/self/fd").Count(fd => new FileInfo(fd).LinkTarget?.StartsWith(_folder, StringComparison.Ordinal) == true);

    private void Link(string path, string target) => File.CreateSymbolicLink($"{_folder}/root/{path}", target);

    private static string Answer(OwnedFd? fd, Errno errno)
    {
        if (fd is null)
            return errno.ToString();
        using (fd)
        {
            Statx stat = Files.Stat(fd.Number, "");
            return string.Create(CultureInfo.InvariantCulture, $"{stat.DevMajor}:{stat.DevMinor} {stat.Inode}");
        }
    }

    // One for all tests: it is never freed.
    private static readonly nint Memory = MapMemory();

    private static unsafe nint MapMemory() =>
        (nint)ChildBlock.Create(new PlanBuilder { WalksPaths = true }.FindProgram("x", ["/x"]).Execute(["x"], []).Build(), RealKernel.Door);

    private static unsafe OwnedFd? Walk(int root, string path, int flags, ulong resolve, out Errno errno)
    {
        var memory = (ChildMemory*)Memory;
        fixed (byte* text = RawText.ToCString(path))
        {
            nint result = WalkSteps.Open(memory, root, text, (uint)(flags | O_CLOEXEC), resolve);
            errno = result < 0 ? (Errno)(int)-result : 0;
            return result < 0 ? null : new OwnedFd((int)result);
        }
    }
}
