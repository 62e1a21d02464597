using SharpRun.Linux.Cgroups;
using Xunit;

namespace SharpRun.Linux.Tests.Cgroups;

/// <summary>What is said about cgroups that a user has not been given; a folder of text files stands for the hierarchy.</summary>
public sealed class DelegatedCgroupsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sharprun-delegation-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Make(string cgroup, string controllers, string enabled)
    {
        string path = _root + cgroup;
        Directory.CreateDirectory(path);
        File.WriteAllText(path + "/cgroup.controllers", controllers);
        File.WriteAllText(path + "/cgroup.subtree_control", enabled);
        File.WriteAllText(path + "/cgroup.procs", "");
        return path;
    }

    [Fact]
    public void ExplainController_TheHierarchyHasNone_SaysSo()
    {
        _ = Make("", "cpu io\n", "");

        Assert.Equal($": {_root}/cgroup.controllers does not list it", DelegatedCgroups.ExplainController(_root, _root + "/a/b", "memory"));
    }

    [Theory]
    [InlineData("cpu\n", "", "/")]
    [InlineData("cpu memory\n", "cpuset\n", "/a")]
    [InlineData("memory\n", "memory cpu\n", "")]
    public void ExplainController_NotPassedOn_NamesTheFirstThatDoesNot(string atRoot, string atParent, string expected)
    {
        _ = Make("", "cpu memory\n", atRoot);
        _ = Make("/a", "cpu memory\n", atParent);
        string path = Make("/a/b", "", "");

        string explained = DelegatedCgroups.ExplainController(_root, path, "memory");

        if (expected.Length == 0)
            Assert.Equal("", explained);
        else
            Assert.StartsWith($": cgroup {expected} does not enable it for those below it", explained, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_NamesTheNearestThatExistsAndItsOwner()
    {
        _ = Make("/a", "", "");

        Assert.Matches(
            "^cgroup /a belongs to user \\d+ and is not delegated to user 4711: root can delegate with \"systemctl edit user@4711.service\" .*Delegate=",
            DelegatedCgroups.Explain(_root, _root + "/a/b/c", 4711));
    }

    [Fact]
    public void FindParent_IsTheParentOfTheOwn()
    {
        _ = Make("", "", "");
        string own = Make("/own", "", "");

        Assert.Equal(_root, DelegatedCgroups.FindParent(_root, own));
        Assert.Equal(_root, DelegatedCgroups.FindParent(_root, _root));
    }

    /// <summary>Who may make directories but not move processes between them has not been given anything.</summary>
    [Fact]
    public void FindParent_WithoutCgroupProcs_IsNotDelegated()
    {
        string own = Make("/own", "", "");
        Assert.Equal(own, DelegatedCgroups.FindParent(_root, own));

        File.Delete(own + "/cgroup.procs");

        Assert.Null(DelegatedCgroups.FindParent(_root, own));
    }
}
