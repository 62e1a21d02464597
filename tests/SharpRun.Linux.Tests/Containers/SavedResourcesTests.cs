using SharpRun.Linux.Containers;
using SharpRun.Spec;
using Xunit;

namespace SharpRun.Linux.Tests.Containers;

/// <summary>The limits that <c>update</c> saves in the state directory.</summary>
public sealed class SavedResourcesTests : IDisposable
{
    private const string Config = """
        {"ociVersion":"1.3.0","process":{"args":["sh"],"cwd":"/"},"root":{"path":"rootfs"},"linux":{"namespaces":[{"type":"mount"}],"resources":{"pids":{"limit":9}}}}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("sharprun-resources-").FullName;
    private readonly StateStore _store;

    public SavedResourcesTests() => _store = new StateStore(_folder + "/root");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_NeverUpdated_IsTheConfiguration()
    {
        using StateDirectory directory = Made();

        Assert.Equal(9, directory.ReadResources().Pids?.Limit);
    }

    [Fact]
    public void Write_ThenRead_IsTheSame()
    {
        using StateDirectory directory = Made();

        directory.WriteResources(new ResourcesSpec { Memory = new MemoryLimits { Limit = 5 } });
        directory.WriteResources(new ResourcesSpec { Memory = new MemoryLimits { Limit = 6 } });

        Assert.Equal((6, null), (directory.ReadResources().Memory?.Limit, directory.ReadResources().Pids));
        Assert.Equal(["config.json", "resources.json", "state.json"], Directory.GetFiles(_store.Root + "/c1").Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Read_Damaged_IsAnErrorWithTheFile()
    {
        using StateDirectory directory = Made();
        File.WriteAllText(_store.Root + "/c1/resources.json", "{");

        SpecException error = Assert.Throws<SpecException>(directory.ReadResources);

        Assert.StartsWith($"{_store.Root}/c1/resources.json: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Remove_WithWhatAKilledUpdateLeaves_RemovesAll()
    {
        using StateDirectory directory = Made();
        directory.WriteResources(new ResourcesSpec());
        File.WriteAllText(_store.Root + "/c1/.resources.json.77", "{");

        directory.Remove();

        Assert.False(Directory.Exists(_store.Root + "/c1"));
    }

    /// <summary>A delete at the same time has read the names, and removed what they named.</summary>
    [Fact]
    public void Write_DeletedMeanwhile_LeavesNothing()
    {
        using StateDirectory directory = Made();
        File.Delete(_store.Root + "/c1/state.json");
        File.Delete(_store.Root + "/c1/config.json");

        LinuxException error = Assert.Throws<LinuxException>(() => directory.WriteResources(new ResourcesSpec()));

        Assert.Equal("container does not exist: c1", error.Message);
        Assert.False(Directory.Exists(_store.Root + "/c1"));
    }

    private StateDirectory Made()
    {
        StateDirectory directory = _store.Create("c1");
        directory.WriteConfig(System.Text.Encoding.UTF8.GetBytes(Config));
        File.WriteAllText(_store.Root + "/c1/state.json", "{}");
        return directory;
    }
}
