using SharpRun.Linux.Abi;
using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Syscalls;
using Xunit;

namespace SharpRun.Linux.Tests.Cgroups;

/// <summary>Who owns a cgroup and its files.</summary>
public sealed class DelegationTests : IDisposable
{
    private string? _path;

    public void Dispose()
    {
        if (_path is not null)
        {
            Cgroup.Remove(_path);
        }
    }

    [Fact]
    public void FileNames_AreThoseOfTheKernel() => Assert.Equal(["cgroup.procs", "memory.reclaim"], Delegation.FileNames("cgroup.procs\nmemory.reclaim\n"));

    [Fact]
    public void FileNames_KernelWithoutAList_AreTheOldest() =>
        Assert.Equal(["cgroup.procs", "cgroup.subtree_control", "cgroup.threads"], Delegation.FileNames(null));

    [CgroupFact]
    public void Give_ListedFilesAndTheDirectory_AreTheUsersUntilUndone()
    {
        _path = CgroupRoot.Find() + "/sharprun-delegation-" + Environment.ProcessId;
        using Cgroup cgroup = Cgroup.Create(_path, []);
        string[] listed = Delegation.FileNames(File.ReadAllText("/sys/kernel/cgroup/delegate"));

        var delegation = Delegation.Give(cgroup, 4711);

        Assert.Equal(4711u, Owner(_path));
        Assert.All(Directory.GetFiles(_path), file => Assert.Equal(listed.Contains(Path.GetFileName(file)) ? 4711u : 0u, Owner(file)));

        delegation.Undo();

        Assert.Equal(0u, Owner(_path));
        Assert.All(Directory.GetFiles(_path), static file => Assert.Equal(0u, Owner(file)));
    }

    private static uint Owner(string path)
    {
        Assert.Equal(default, Files.TryStat(FileAbi.AT_FDCWD, path, FileAbi.AT_SYMLINK_NOFOLLOW, out Statx stat));
        return stat.Uid;
    }
}
