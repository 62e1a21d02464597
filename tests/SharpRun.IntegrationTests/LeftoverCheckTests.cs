using Xunit.Sdk;

namespace SharpRun.IntegrationTests;

/// <summary>The check after each test notices what it is for, names it, and removes it.</summary>
public sealed class LeftoverCheckTests
{
    private readonly string _id = "left-" + Guid.NewGuid().ToString("N");

    private string Folder => "/tmp/sharprun-" + _id;

    [MachineTheory(Needs.CgroupV2)]
    [InlineData("SHARPRUN_TEST=$id sleep 1000 >/dev/null 2>&1 </dev/null &", "process")]
    [InlineData("mkfifo $dir/never; sh -c 'read line <$0/never' $dir $id >/dev/null 2>&1 </dev/null &", "process")]
    [InlineData("mkdir $dir/point && mount -t tmpfs tmpfs $dir/point", "mount")]
    [InlineData("mkdir /sys/fs/cgroup/$id", "cgroup")]
    [InlineData("mkdir /sys/fs/cgroup/$id; sleep 1000 >/dev/null 2>&1 </dev/null & echo $! >/sys/fs/cgroup/$id/cgroup.procs", "process")]
    [InlineData("mkdir -p $dir/state/container", "state")]
    [InlineData("mkdir $dir/tmp && touch $dir/tmp/file", "temporary file")]
    [InlineData("touch /run/.$id.pid", "file")]
    public async Task Leftover_IsNamedAndRemoved(string script, string expected)
    {
        _ = (await Machine.Current.Shell($"id={_id}\ndir={Folder}\nmkdir $dir\n{script}")).Succeeded();

        XunitException failure = await Assert.ThrowsAnyAsync<XunitException>(() => LeftoverCheck.Run(Machine.Current, _id, Folder));

        Assert.Contains($"\n{expected} ", failure.Message, StringComparison.Ordinal);
        _ = await Machine.Current.Shell($"rm -f /run/.{_id}.pid");
        await LeftoverCheck.Run(Machine.Current, _id, Folder);
    }

    [MachineFact(Needs.CgroupV2)]
    public async Task Nothing_IsFineAndTheFolderIsRemoved()
    {
        _ = (await Machine.Current.Shell($"mkdir -p {Folder}/bundle/rootfs")).Succeeded();

        await LeftoverCheck.Run(Machine.Current, _id, Folder);

        Assert.NotEqual(0, (await Machine.Current.Shell($"test -e {Folder}")).Status);
    }
}
