using SharpRun.Linux.Containers;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;
using Xunit;

namespace SharpRun.Linux.Tests.Containers;

/// <summary>Who shares which namespace with whom, and what is a pod.</summary>
public sealed class NamespaceReportTests
{
    private static readonly ObservedNamespace[] Host = [new(NamespaceType.Network, Identity(1)), new(NamespaceType.Uts, Identity(2)), new(NamespaceType.Uts, Identity(3))];

    [Fact]
    public void Compare_Kinds_AreSeenAmongAll()
    {
        List<NamespaceUser> users = NamespaceReport.Compare([Container("b", 2, (NamespaceType.Ipc, 10), (NamespaceType.Mount, 20)), Container("a", 1, (NamespaceType.Ipc, 10), (NamespaceType.Mount, 21))], Host);

        Assert.Equal(["a", "b"], users.Select(static user => user.Id));
        AssertUse(NamespaceKind.Shared, ["b"], users[0].Find(NamespaceType.Ipc));
        AssertUse(NamespaceKind.Shared, ["a"], users[1].Find(NamespaceType.Ipc));
        AssertUse(NamespaceKind.Private, [], users[0].Find(NamespaceType.Mount));
        Assert.Null(users[0].Find(NamespaceType.Time));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(1, false)]
    public void Compare_OfTheHost_IsByTypeAndNumber(ulong inode, bool host) =>
        AssertUse(host ? NamespaceKind.Host : NamespaceKind.Private, [], NamespaceReport.Compare([Container("a", 1, (NamespaceType.Uts, inode))], Host)[0].Find(NamespaceType.Uts));

    [Fact]
    public void Compare_SameNumberOnAnotherDevice_IsNotShared()
    {
        ObservedContainer other = Container("b", 2, (NamespaceType.Ipc, 10)) with
        {
            Namespaces = [new ObservedNamespace(NamespaceType.Ipc, new NamespaceIdentity(10, 0, 5))],
        };

        AssertUse(NamespaceKind.Private, [], NamespaceReport.Compare([Container("a", 1, (NamespaceType.Ipc, 10)), other], Host)[0].Find(NamespaceType.Ipc));
    }

    [Fact]
    public void Compare_Pod_IsCalledByItsOldestContainer()
    {
        List<NamespaceUser> users = NamespaceReport.Compare(
            [
                Container("a", 3, (NamespaceType.Network, 10)), Container("z", 1, (NamespaceType.Network, 10)), Container("m", 1, (NamespaceType.Network, 11)),
                Container("n", 1, (NamespaceType.Network, 11)), Container("alone", 1, (NamespaceType.Network, 12)), Container("host", 1, (NamespaceType.Network, 1)),
                new ObservedContainer { Id = "gone", Status = ContainerStatus.Stopped },
            ],
            Host);

        Assert.Equal(
            [("a", "z"), ("alone", null), ("gone", null), ("host", null), ("m", "m"), ("n", "m"), ("z", "z")],
            users.Select(static user => (user.Id, user.Pod)));
    }

    private static void AssertUse(NamespaceKind kind, string[] with, NamespaceUse? use)
    {
        Assert.NotNull(use);
        Assert.Equal(kind, use.Kind);
        Assert.Equal(with, use.SharedWith);
    }

    private static ObservedContainer Container(string id, int age, params (NamespaceType Type, ulong Inode)[] namespaces) => new()
    {
        Id = id,
        Status = ContainerStatus.Running,
        Created = DateTimeOffset.UnixEpoch.AddSeconds(age),
        Pid = 100 + age,
        Process = id,
        Namespaces = [.. namespaces.Select(static entry => new ObservedNamespace(entry.Type, Identity(entry.Inode)))],
    };

    private static NamespaceIdentity Identity(ulong inode) => new(inode, 0, 4);
}
