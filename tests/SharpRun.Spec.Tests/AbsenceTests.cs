namespace SharpRun.Spec.Tests;

/// <summary>Absent, null, empty and zero are told apart where the specification does.</summary>
public class AbsenceTests
{
    [Fact]
    public void Read_SmallestDocument_LeavesEverythingUnset()
    {
        RuntimeSpec spec = Documents.Read(Documents.With("top", "\"mounts\":null,\"hooks\":null,\"annotations\":null,\"linux\":null"));

        Assert.Null(spec.Hostname);
        Assert.Empty(spec.Mounts);
        Assert.Empty(spec.Annotations);
        Assert.Null(spec.Process.Capabilities);
        Assert.Null(spec.Process.OomScoreAdj);
        Assert.Null(spec.Process.User.Umask);
        Assert.False(spec.Process.NoNewPrivileges);
        Assert.Null(spec.Linux.Resources);
        Assert.Null(spec.Linux.Seccomp);
        Assert.Null(spec.Linux.RootfsPropagation);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"process\":null")]
    public void Read_WithoutProcess_IsToldFromAnEmptyOne(string process)
    {
        Assert.True(Documents.Read($$"""{"ociVersion":"1.0.0","root":{"path":"r"}{{process}}}""").Process.IsAbsent);
        _ = Assert.Throws<SpecException>(() => Documents.Read("""{"ociVersion":"1.0.0","root":{"path":"r"},"process":{"cwd":"/","args":[]}}"""));
    }

    [Fact]
    public void Read_OomScoreAdj_ZeroIsNotAbsent()
    {
        Assert.Equal(0, Documents.Read(Documents.With("process", "\"oomScoreAdj\":0")).Process.OomScoreAdj);
        Assert.Null(Documents.Read(Documents.With("process", "\"oomScoreAdj\":null")).Process.OomScoreAdj);
    }

    [Fact]
    public void Read_PidsLimit_ZeroIsNotAbsent()
    {
        Assert.Equal(0, Documents.Read(Documents.With("resources", "\"pids\":{\"limit\":0}")).Linux.Resources?.Pids?.Limit);
        Assert.Null(Documents.Read(Documents.With("resources", "\"pids\":{}")).Linux.Resources?.Pids?.Limit);
        Assert.NotNull(Documents.Read(Documents.With("resources", "\"pids\":{}")).Linux.Resources?.Pids);
    }

    [Theory]
    [InlineData("\"errnoRet\":null", null)]
    [InlineData("\"errnoRet\":0", 0u)]
    public void Read_ErrnoRet_ZeroIsNotAbsent(string member, uint? expected)
    {
        string rule = "\"names\":[\"read\"],\"action\":\"SCMP_ACT_ERRNO\"," + member;
        Assert.Equal(expected, Documents.Read(Documents.With("syscall", rule)).Linux.Seccomp?.Syscalls[0].ErrnoRet);
    }

    [Theory]
    [InlineData("\"architectures\":[]", null)]
    [InlineData("\"flags\":null", null)]
    [InlineData("\"flags\":[]", SeccompFlags.None)]
    [InlineData("\"flags\":[\"SECCOMP_FILTER_FLAG_SPEC_ALLOW\"]", SeccompFlags.SpecAllow)]
    public void Read_SeccompFlags_EmptyIsNotAbsent(string members, SeccompFlags? expected) =>
        Assert.Equal(expected, Documents.Read(Documents.With("seccomp", members)).Linux.Seccomp?.Flags);

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    public void Read_SeccompWithoutMembers_IsNoFilter(string value) =>
        Assert.Null(Documents.Read(Documents.With("linux", $"\"seccomp\":{value}")).Linux.Seccomp);

    [Fact]
    public void Read_CapabilitySets_EmptyIsNotAbsent()
    {
        CapabilitiesSpec? sets = Documents.Read(Documents.With("process", "\"capabilities\":{\"inheritable\":[]}")).Process.Capabilities;

        Assert.NotNull(sets?.Inheritable);
        Assert.Null(sets.Ambient);
    }

    [Fact]
    public void Read_KeysAreCaseSensitive()
    {
        RuntimeSpec spec = Documents.Read(Documents.With("process", "\"NoNewPrivileges\":true,\"ARGS\":5"));

        Assert.False(spec.Process.NoNewPrivileges);
    }

    [Fact]
    public void FindUnknownProperties_NamesEachWithItsPlace()
    {
        string json = Documents.With("top", "\n\"Hooks\":{\"prestart\":1},\n\"linux\":{\"x\":[1],\"resources\":{\"y z\":{}}}");

        IReadOnlyList<SpecProblem> unknown = SpecReader.FindUnknownProperties(System.Text.Encoding.UTF8.GetBytes(json), "config.json");

        Assert.Equal(
            [
                new SpecProblem("Hooks", 2, 1, "unknown property"),
                new SpecProblem("linux.x", 3, 10, "unknown property"),
                new SpecProblem("linux.resources[\"y z\"]", 3, 31, "unknown property"),
            ],
            unknown);
    }
}
