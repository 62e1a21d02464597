using System.Text;
using SharpRun.Linux.Containers;
using SharpRun.Linux.Syscalls;
using Xunit;

namespace SharpRun.Linux.Tests.Containers;

/// <summary>State directories on a real file system, without a container.</summary>
public sealed class StateStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sharprun-state-").FullName;
    private readonly StateStore _store;

    public StateStoreTests() => _store = new StateStore(_folder + "/root");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Create_SecondTime_IsRefused()
    {
        _store.Create("c1").Dispose();
        LinuxException error = Assert.Throws<LinuxException>(() => _store.Create("c1"));
        Assert.Equal("container with given ID already exists: c1", error.Message);
    }

    [Fact]
    public void Create_Directories_AreForTheirOwner()
    {
        _store.Create("c1").Dispose();
        Assert.Equal("700", Mode(_store.Root));
        Assert.Equal("711", Mode(_store.Root + "/c1"));
    }

    [Fact]
    public void State_WrittenAndRead_IsTheSame()
    {
        using StateDirectory directory = _store.Create("c1");
        ContainerState state = State() with { Annotations = new Dictionary<string, string> { ["a\"b"] = "ä\n" } };

        directory.WriteState(state);

        ContainerState read = directory.ReadState();
        Assert.Equal(state with { Annotations = read.Annotations }, read);
        Assert.Equal(state.Annotations, read.Annotations);
        Assert.Equal("600", Mode(_store.Root + "/c1/state.json"));
        Assert.Equal(["state.json"], Directory.GetFiles(_store.Root + "/c1").Select(Path.GetFileName));
    }

    [Fact]
    public void State_WithoutCgroup_IsReadAsSuch()
    {
        byte[] json = (State() with { CgroupPath = null }).ToJson();

        Assert.Null(ContainerState.Read(json).CgroupPath);
        Assert.Contains("\"cgroupPath\":null", Encoding.UTF8.GetString(json), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_WhatIsNoContainer_IsPassedOver()
    {
        using (StateDirectory finished = _store.Create("finished"))
        using (StateDirectory begun = _store.Create("begun"))
        {
            finished.WriteState(State());
            begun.WriteIntent(null).Dispose();
        }

        _store.Create("empty").Dispose();
        _ = Directory.CreateDirectory(_store.Root + "/not an id");
        File.WriteAllText(_store.Root + "/file", "");

        Assert.Equal(["begun", "finished"], _store.Ids());
    }

    [Fact]
    public void Delete_UnfinishedContainerWithoutCgroup_RemovesItsState()
    {
        using (StateDirectory directory = _store.Create("c1"))
        {
            using OwnedFd intent = directory.WriteIntent(null);
            Assert.False(directory.ReadIntent()!.Value.IsOurs);
        }

        DeleteOperation.Delete(_store, "c1", force: true, warn: Assert.Fail);

        Assert.Empty(Directory.GetFileSystemEntries(_store.Root));
    }

    [Fact]
    public void State_PathThatIsNotUtf8_KeepsItsBytes()
    {
        string path = RawText.Decode([(byte)'/', 0xff, 0xfe, (byte)'x']);
        byte[] json = (State() with { Bundle = path }).ToJson();
        Assert.Equal(path, ContainerState.Read(json).Bundle);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"id":"c1","pid":"x"}""")]
    [InlineData("""{"id":null}""")]
    public void State_Damaged_IsAnErrorOfOneKind(string json) =>
        Assert.Equal("state.json is damaged", Assert.Throws<LinuxException>(() => ContainerState.Read(Encoding.UTF8.GetBytes(json))).Message);

    [Fact]
    public void State_Fifo_IsDamagedAndDoesNotWait()
    {
        using StateDirectory directory = _store.Create("c1");
        using OwnedFd folder = Files.Open(_store.Root + "/c1", Linux.Abi.FileAbi.O_PATH);
        Directories.MakeFifo(folder.Number, "state.json", 0x180);
        Assert.Equal("state.json is damaged", Assert.Throws<LinuxException>(directory.TryReadState).Message);
    }

    [Fact]
    public void State_EveryTruncation_IsAnErrorOfOneKind()
    {
        byte[] json = State().ToJson();
        for (int length = 0; length < json.Length; length++)
        {
            byte[] cut = json[..length];
            _ = Assert.Throws<LinuxException>(() => ContainerState.Read(cut));
        }
    }

    [Fact]
    public void Intent_UntilConfirmed_IsNotOurs()
    {
        using StateDirectory directory = _store.Create("c1");
        Assert.Null(directory.ReadIntent());
        using OwnedFd intent = directory.WriteIntent("/sys/fs/cgroup/x");
        Assert.Equal(("/sys/fs/cgroup/x", false), directory.ReadIntent());

        StateDirectory.ConfirmIntent(intent);

        Assert.Equal(("/sys/fs/cgroup/x", true), directory.ReadIntent());
    }

    [Fact]
    public void Delete_UnfinishedContainer_RemovesItsState()
    {
        using (StateDirectory directory = _store.Create("c1"))
        {
            directory.WriteIntent("/sys/fs/cgroup/sharprun-test-nowhere").Dispose();
            File.WriteAllText(_store.Root + "/c1/.state.json.77", "{");
        }

        DeleteOperation.Delete(_store, "c1", force: true, warn: Assert.Fail);

        Assert.Empty(_store.Ids());
    }

    [Fact]
    public void Delete_DirectoryOfSomebodyElse_IsLeftAlone()
    {
        _ = Directory.CreateDirectory(_store.Root + "/other");
        File.WriteAllText(_store.Root + "/other/state.json", """{"id":"other","init_process_pid":1}""");

        LinuxException error = Assert.Throws<LinuxException>(() => DeleteOperation.Delete(_store, "other", force: true, warn: Assert.Fail));

        Assert.Contains("is not the state of a container", error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(_store.Root + "/other/state.json"));
    }

    [Fact]
    public void Delete_UnknownContainer_IsAnErrorUnlessForced()
    {
        LinuxException error = Assert.Throws<LinuxException>(() => DeleteOperation.Delete(_store, "c1", force: false, warn: Assert.Fail));
        Assert.Equal("container does not exist: c1", error.Message);
        DeleteOperation.Delete(_store, "c1", force: true, warn: Assert.Fail);
    }

    [Fact]
    public void Status_PidOfAnotherProcess_IsStopped()
    {
        using StateDirectory directory = _store.Create("c1");
        int pid = Environment.ProcessId;
        ulong start = Processes.Observe(pid)!.Value.StartTime;
        ContainerState alive = State() with { Pid = pid, StartTime = start, BootId = StatusProbe.BootId() };

        Assert.Equal(ContainerStatus.Running, StatusProbe.Of(directory, alive));
        Assert.Equal(ContainerStatus.Stopped, StatusProbe.Of(directory, alive with { StartTime = start + 1 }));
        Assert.Equal(ContainerStatus.Stopped, StatusProbe.Of(directory, alive with { BootId = "another" }));
        using OwnedFd fifo = directory.MakeFifo();
        Assert.Equal(ContainerStatus.Created, StatusProbe.Of(directory, alive));
    }

    [Fact]
    public void Start_NobodyAtTheFifo_SaysRunning()
    {
        using StateDirectory directory = _store.Create("c1");
        int pid = Environment.ProcessId;
        directory.WriteState(State() with { Pid = pid, StartTime = Processes.Observe(pid)!.Value.StartTime, BootId = StatusProbe.BootId() });
        directory.MakeFifo().Dispose();

        LinuxException error = Assert.Throws<LinuxException>(() => StartOperation.Start(_store, "c1", warn: Assert.Fail));

        Assert.Equal("cannot start an already running container", error.Message);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("A-b_c+d.e9", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("a\nb", false)]
    [InlineData("ä", false)]
    public void Id_Rules(string id, bool valid)
    {
        Exception? error = Record.Exception(() => ContainerId.Check(id));
        Assert.Equal(valid, error is null);
        if (!valid)
        {
            Assert.StartsWith("invalid container ID format", error!.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Theory]
    [InlineData("9", 9)]
    [InlineData("KILL", 9)]
    [InlineData("sigkill", 9)]
    [InlineData("Term", 15)]
    [InlineData("SIGRTMIN", 34)]
    [InlineData("RTMIN+3", 37)]
    [InlineData("SIGRTMAX-1", 63)]
    [InlineData("64", 64)]
    [InlineData("0", 0)]
    [InlineData("65", null)]
    [InlineData("-9", null)]
    [InlineData("", null)]
    [InlineData("SIG", null)]
    [InlineData("NOPE", null)]
    [InlineData("RTMIN+31", null)]
    [InlineData("RTMAX-x", null)]
    public void SignalName_Spellings(string text, int? number) => Assert.Equal(number, SignalName.Number(text));

    private static ContainerState State() => new()
    {
        Id = "c1",
        OciVersion = "1.3.0",
        Pid = 1234,
        StartTime = 99,
        BootId = "boot",
        Created = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(1234567),
        Bundle = "/b",
        Rootfs = "/b/rootfs",
        CgroupPath = "/sys/fs/cgroup/sharprun-test-nowhere",
        PrivatePidNamespace = true,
        Annotations = new Dictionary<string, string>(),
    };

    private static string Mode(string path)
    {
        Assert.Equal(default, Files.TryStat(Linux.Abi.FileAbi.AT_FDCWD, path, 0, out Linux.Abi.Statx stat));
        return Convert.ToString(stat.Mode & 0xFFF, 8);
    }
}
