using System.Text;
using SharpRun.Output;
using Snapshooter.Xunit;
using Xunit;

namespace SharpRun.Tests.Output;

/// <summary>The table and the document of <c>ns</c>.</summary>
public sealed class NamespacePagesTests
{
    [Fact]
    public void Table_Pod() => Snapshot.Match(NamespaceTable.Write(NamespaceSamples.Pod()), "namespaces-pod.txt");

    [Fact]
    public void Table_Mixed() => Snapshot.Match(NamespaceTable.Write(NamespaceSamples.Mixed()), "namespaces-mixed.txt");

    [Fact]
    public void Json_Mixed() => Snapshot.Match(Encoding.UTF8.GetString(NamespaceJson.Write(NamespaceSamples.Mixed())), "namespaces-mixed.json");

    [Fact]
    public void Table_NoContainers_IsTheHeader() =>
        Assert.Equal("CONTAINER  STATUS  PID  PROCESS  NET  IPC  UTS  PID  MNT  USER  CGROUP  TIME\n", NamespaceTable.Write([]));

    [Fact]
    public void Json_NoContainers_IsAnEmptyArray() => Assert.Equal("[]\n", Encoding.UTF8.GetString(NamespaceJson.Write([])));
}
