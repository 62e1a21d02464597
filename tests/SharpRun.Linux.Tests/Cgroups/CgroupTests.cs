using System.Diagnostics;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Syscalls;
using Xunit;

namespace SharpRun.Linux.Tests.Cgroups;

/// <summary>Real cgroups of version 2; no controller is needed.</summary>
public sealed class CgroupTests : IDisposable
{
    private readonly List<Process> _processes = [];
    private string _path = "";

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        if (_path.Length > 0)
        {
            Cgroup.Remove(Directory.GetParent(_path)!.FullName);
        }
    }

    [CgroupFact]
    public void Create_MissingParents_AreMadeAndUndoTakesThemBack()
    {
        using Cgroup cgroup = Create();
        Assert.True(Directory.Exists(_path));

        cgroup.Undo();

        Assert.False(Directory.Exists(Directory.GetParent(_path)!.FullName));
    }

    [CgroupFact]
    public void Undo_CgroupThatExistedBefore_Stays()
    {
        Create().Dispose();
        using Cgroup again = Cgroup.Create(_path, []);

        again.Undo();

        Assert.True(Directory.Exists(_path));
    }

    [Fact]
    public void Freeze_ProcessesThatCannotBeStopped_AreLetGoAgain()
    {
        // A folder stands for the cgroup: nobody stops there.
        DirectoryInfo folder = Directory.CreateTempSubdirectory("sharprun-freezer-");
        string wanted = Path.Combine(folder.FullName, "cgroup.freeze");
        File.WriteAllText(wanted, "?");
        File.WriteAllText(Path.Combine(folder.FullName, "cgroup.events"), "populated 1\nfrozen 0\n");
        try
        {
            using var cgroup = new Cgroup(Files.Open(folder.FullName, FileAbi.O_RDONLY | FileAbi.O_DIRECTORY), folder.FullName);

            LinuxException error = Assert.Throws<LinuxException>(() => Freezer.Freeze(cgroup, milliseconds: 20));

            Assert.Equal($"cgroup {folder.FullName}: not frozen within 20ms", error.Message);
            Assert.Equal("0", File.ReadAllText(wanted));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [CgroupFact]
    public void Create_CgroupWithProcesses_IsRefused()
    {
        using Cgroup cgroup = Create();
        _ = Sleeper(cgroup);

        LinuxException error = Assert.Throws<LinuxException>(() => Cgroup.Create(_path, []));

        Assert.StartsWith("container's cgroup is not empty: 1 process(es) found", error.Message, StringComparison.Ordinal);
    }

    [CgroupFact]
    public void Create_FrozenCgroup_IsRefused()
    {
        using Cgroup cgroup = Create();
        Freezer.Freeze(cgroup);

        LinuxException error = Assert.Throws<LinuxException>(() => Cgroup.Create(_path, []));

        Assert.StartsWith("container's cgroup unexpectedly frozen", error.Message, StringComparison.Ordinal);
        Freezer.Thaw(cgroup);
    }

    [CgroupFact]
    public void Create_BelowAFrozenCgroup_IsRefusedAndLeavesNothing()
    {
        using Cgroup cgroup = Create();
        Freezer.Freeze(cgroup);

        LinuxException error = Assert.Throws<LinuxException>(() => Cgroup.Create(_path + "/below", []));

        Assert.StartsWith("container's cgroup unexpectedly frozen", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_path + "/below"));
        Freezer.Thaw(cgroup);
    }

    [CgroupFact]
    public void Freeze_Process_IsStoppedUntilThaw()
    {
        using Cgroup cgroup = Create();
        _ = Sleeper(cgroup);

        Freezer.Freeze(cgroup);
        Assert.True(cgroup.IsFrozen);
        Assert.True(Cgroup.IsFrozenAt(_path));
        Freezer.Thaw(cgroup);

        Assert.False(cgroup.IsFrozen);
        Assert.False(Cgroup.IsFrozenAt(_path));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("/sys/fs/cgroup/sharprun-no-such-cgroup")]
    [InlineData("/proc/self/status/below")]
    public void IsFrozenAt_NoCgroup_IsFalse(string? path) => Assert.False(Cgroup.IsFrozenAt(path));

    [CgroupFact]
    public void Kill_ProcessesBelow_AreEndedToo()
    {
        using Cgroup cgroup = Create();
        // First, or the controllers of those below leave no place for it.
        Process first = Sleeper(cgroup);
        using Cgroup child = Cgroup.Create(_path + "/child", []);
        Process second = Sleeper(child);
        Assert.Equal([first.Id, second.Id], cgroup.Processes());

        cgroup.Kill();

        Assert.True(first.WaitForExit(10_000) && second.WaitForExit(10_000));
        Assert.True(cgroup.WaitEmpty(10_000));
    }

    [CgroupFact]
    public void Remove_CgroupsBelow_GoToo()
    {
        using Cgroup cgroup = Create();
        Cgroup.Create(_path + "/a/b", []).Dispose();

        Cgroup.Remove(_path);

        Assert.False(Directory.Exists(_path));
        Cgroup.Remove(_path); // A cgroup that is gone is no error.
    }

    [CgroupFact]
    public void Write_MissingController_IsNamedWithTheProperty()
    {
        using Cgroup cgroup = Create();
        LinuxException error = Assert.Throws<LinuxException>(() => cgroup.Write(new CgroupWrite("nothing.max", "1", "linux.resources.x")));
        Assert.StartsWith("linux.resources.x: cannot write nothing.max: controller \"nothing\" is not available", error.Message, StringComparison.Ordinal);
    }

    [CgroupFact]
    public void Write_FileOutside_IsNotReached()
    {
        using Cgroup cgroup = Create();
        LinuxException error = Assert.Throws<LinuxException>(() => cgroup.Write(new CgroupWrite("../cgroup.freeze", "1", "linux.resources.x")));
        Assert.Contains("EXDEV", error.Message, StringComparison.Ordinal);
    }

    [CgroupFact]
    public void Create_ParentWithoutControllers_HasThemAll()
    {
        using Cgroup cgroup = Create();
        string root = CgroupRoot.Find(), parent = Directory.GetParent(_path)!.FullName;
        Assert.Equal(File.ReadAllText(root + "/cgroup.controllers"), File.ReadAllText(parent + "/cgroup.subtree_control"));
    }

    /// <remarks>Below a threaded cgroup's parent a new one is invalid until it is threaded too.</remarks>
    [CgroupFact]
    public void Create_ThreadedCgroupAndOneBesideIt_AreRefusedAndLeaveNothing()
    {
        using Cgroup cgroup = Create();
        string threaded = _path + "/threaded", invalid = _path + "/threaded/below";
        _ = Directory.CreateDirectory(threaded);
        File.WriteAllText(threaded + "/cgroup.type", "threaded");

        LinuxException error = Assert.Throws<LinuxException>(() => Cgroup.Create(threaded, []));
        Assert.Equal($"linux.cgroupsPath: {threaded} is threaded: a container cannot be kept apart in it", error.Message);
        error = Assert.Throws<LinuxException>(() => Cgroup.Create(invalid, []));
        Assert.Equal($"linux.cgroupsPath: {invalid} is in a threaded cgroup: a container cannot be kept apart in it", error.Message);
        Assert.False(Directory.Exists(invalid));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/sys/fs/cgroup/../../../etc/passwd")]
    [InlineData("/sys/fs/cgroup/unified/../../../../etc/passwd")]
    public void TryOpen_OutsideTheHierarchy_IsNull(string path)
    {
        using OwnedFd? fd = CgroupRoot.TryOpen(path, FileAbi.O_RDONLY, out Errno errno);
        Assert.Null(fd);
        Assert.NotEqual((Errno)0, errno);
    }

    private Cgroup Create()
    {
        _path = $"{CgroupRoot.Find()}/sharprun-test-{Environment.ProcessId}-{Guid.NewGuid():N}/leaf";
        return Cgroup.Create(_path, []);
    }

    private Process Sleeper(Cgroup cgroup)
    {
        Process process = Process.Start("sleep", "1000");
        _processes.Add(process);
        cgroup.Attach(process.Id);
        return process;
    }
}
