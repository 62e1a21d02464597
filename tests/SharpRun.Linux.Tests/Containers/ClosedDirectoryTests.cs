using SharpRun.Linux.Compile;
using SharpRun.Linux.Containers;
using SharpRun.Spec;
using Xunit;

namespace SharpRun.Linux.Tests.Containers;

/// <summary>Which directory of a path the root of a user namespace may not search.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ClosedDirectoryTests : IDisposable
{
    private const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode Group = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _top = Directory.CreateTempSubdirectory("sharprun-closed-").FullName;
    private readonly string _middle;
    private readonly string _end;

    public ClosedDirectoryTests()
    {
        _middle = _top + "/middle";
        _end = _middle + "/end";
        Directory.CreateDirectory(_end);
        File.SetUnixFileMode(_top, Open);
        File.SetUnixFileMode(_middle, Open);
        File.SetUnixFileMode(_end, Open);
    }

    public void Dispose() => Directory.Delete(_top, recursive: true);

    private static UserMappings Somebody { get; } = new([new IdMapping(0, 123456, 10)], [new IdMapping(0, 123456, 10)]);

    [Fact]
    public void First_EverythingOpen_IsNothing() => Assert.Null(ClosedDirectory.First(_end, Somebody, []));

    [Fact]
    public void First_ClosedOnTheWay_IsTheFirst()
    {
        File.SetUnixFileMode(_middle, Owner);
        File.SetUnixFileMode(_end, Owner);

        Assert.StartsWith(
            $"{_middle} (mode 0700, user ", ClosedDirectory.First(_end, Somebody, []), StringComparison.Ordinal);
    }

    [Fact]
    public void First_TheEndItself_Counts()
    {
        File.SetUnixFileMode(_end, Owner);

        Assert.EndsWith(
            "cannot be searched by user 123456, whom the container's root is on the host", ClosedDirectory.First(_end, Somebody, []), StringComparison.Ordinal);
    }

    [Fact]
    public void First_OwnedByTheRootOrByAGroupOfIts_IsNotClosed()
    {
        uint user = uint.Parse(Id("-u"), System.Globalization.CultureInfo.InvariantCulture);
        uint group = uint.Parse(Id("-g"), System.Globalization.CultureInfo.InvariantCulture);
        File.SetUnixFileMode(_middle, Group);

        Assert.Null(ClosedDirectory.First(_end, new([new IdMapping(0, user, 1)], [new IdMapping(0, 123456, 1)]), []));
        Assert.Null(ClosedDirectory.First(_end, Somebody, [group]));
        Assert.NotNull(ClosedDirectory.First(_end, Somebody, [group + 1]));
    }

    /// <summary>Over the files of whom the namespace knows its root has all rights (capabilities(7)).</summary>
    [Fact]
    public void First_OwnedByAUserThatTheNamespaceKnows_IsNotClosed()
    {
        uint user = uint.Parse(Id("-u"), System.Globalization.CultureInfo.InvariantCulture);
        uint group = uint.Parse(Id("-g"), System.Globalization.CultureInfo.InvariantCulture);
        File.SetUnixFileMode(_middle, UnixFileMode.None);
        var knows = new UserMappings([new IdMapping(0, 123456, 1), new IdMapping(1, user, 1)], [new IdMapping(0, 123456, 1), new IdMapping(1, group, 1)]);

        Assert.Null(ClosedDirectory.First(_middle, knows, []));
        Assert.NotNull(ClosedDirectory.First(_middle, knows with { Gids = [new IdMapping(0, 123456, 1)] }, []));
        File.SetUnixFileMode(_middle, Open);
    }

    private static string Id(string option)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("id", option) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().Trim();
    }
}
