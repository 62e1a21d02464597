using System.Text.Json;
using SharpRun.Commands;
using SharpRun.Linux;
using SharpRun.Linux.Compile;
using SharpRun.Linux.Mounts;
using SharpRun.Spec;
using Xunit;

namespace SharpRun.Tests.Commands;

/// <summary>What <c>features</c> promises is what <c>create</c> accepts, and the other way round.</summary>
public sealed class FeaturesCommandTests
{
    private static readonly FeaturesDocument s_features = FeaturesCommand.Document(last: 40, SpecReader.SeccompFlagWords);

    [Theory]
    [InlineData(NamespaceType.Cgroup, "cgroup")]
    [InlineData(NamespaceType.Ipc, "ipc")]
    [InlineData(NamespaceType.Mount, "mount")]
    [InlineData(NamespaceType.Network, "network")]
    [InlineData(NamespaceType.Pid, "pid")]
    [InlineData(NamespaceType.Time, "time")]
    [InlineData(NamespaceType.User, "user")]
    [InlineData(NamespaceType.Uts, "uts")]
    public void Namespace_IsPromised_WhenItIsAccepted(NamespaceType type, string name)
    {
        RuntimeSpec spec = Default();
        NamespaceSpec[] namespaces = [new(NamespaceType.Mount, null), .. type == NamespaceType.Mount ? (NamespaceSpec[])[] : [new(type, null)]];

        Assert.Equal(s_features.Linux.Namespaces.Contains(name), IsAccepted(spec with { Linux = spec.Linux with { Namespaces = namespaces } }));
    }

    [Fact]
    public void Namespaces_AllKindsAreTested() => Assert.Equal(8, Enum.GetValues<NamespaceType>().Length);

    [Fact]
    public void MountOptions_Promised_AreAccepted()
    {
        Assert.NotEmpty(s_features.MountOptions);
        Assert.Equal(s_features.MountOptions.Order(StringComparer.Ordinal), s_features.MountOptions);
        Assert.All(s_features.MountOptions, static option => Assert.Empty(MountOptions.Parse([option]).Data));
    }

    [Fact]
    public void Hooks_ArePromised_WhenTheyAreAccepted()
    {
        HookSpec[] hook = [new HookSpec { Path = "/bin/true" }];
        (string Name, HooksSpec Hooks)[] kinds =
        [
            ("prestart", new HooksSpec { Prestart = hook }), ("createRuntime", new HooksSpec { CreateRuntime = hook }),
            ("createContainer", new HooksSpec { CreateContainer = hook }), ("startContainer", new HooksSpec { StartContainer = hook }),
            ("poststart", new HooksSpec { Poststart = hook }), ("poststop", new HooksSpec { Poststop = hook }),
        ];

        Assert.Equal(kinds.Where(static kind => IsAccepted(Default() with { Hooks = kind.Hooks })).Select(static kind => kind.Name), s_features.Hooks);
    }

    [Fact]
    public void Capabilities_AreThoseOfTheKernel()
    {
        Assert.Equal(41, s_features.Linux.Capabilities.Count);
        Assert.Equal(["CAP_CHOWN", "CAP_DAC_OVERRIDE"], FeaturesCommand.Document(last: 1, []).Linux.Capabilities);
        Assert.Equal(41, FeaturesCommand.Document(last: 63, []).Linux.Capabilities.Count);
    }

    [Theory]
    [InlineData("MPOL_DEFAULT", 0)]
    [InlineData("MPOL_PREFERRED", 1)]
    [InlineData("MPOL_BIND", 2)]
    [InlineData("MPOL_INTERLEAVE", 3)]
    [InlineData("MPOL_LOCAL", 4)]
    [InlineData("MPOL_PREFERRED_MANY", 5)]
    [InlineData("MPOL_WEIGHTED_INTERLEAVE", 6)]
    public void MemoryPolicyMode_IsPromised_AndMeansTheKernels(string name, int mode)
    {
        Assert.Contains(name, s_features.Linux.MemoryPolicyModes);
        string nodes = mode is 0 or 4 ? "" : ",\"nodes\":\"0\"";
        RuntimeSpec spec = SpecReader.Read(
            System.Text.Encoding.UTF8.GetBytes(
                """{"ociVersion":"1.3.0","root":{"path":"r"},"process":{"cwd":"/","args":["x"]},"linux":{"memoryPolicy":{"mode":""" + $"\"{name}\"{nodes}" + "}}}"),
            "config.json");
        Assert.Equal(mode, (int)spec.Linux.MemoryPolicy!.Mode);
        Assert.True(IsAccepted(spec));
    }

    [Fact]
    public void MemoryPolicyFlags_AreThree() =>
        Assert.Equal(["MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES"], s_features.Linux.MemoryPolicyFlags);

    /// <summary>Every annotation that the code reads, or a prefix of it, is named as one that changes what the program does.</summary>
    [Fact]
    public void UnsafeAnnotations_AreThoseThatTheCodeReads()
    {
        var read = new List<string>();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Docs.ShellTool.Repository, "src"), "*.cs", SearchOption.AllDirectories))
        {
            if (!file.EndsWith("FeaturesCommand.cs", StringComparison.Ordinal))
            {
                read.AddRange(System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(file), "\"((?:org|run\\.oci)\\.[a-z._]+)\"").Select(static match => match.Groups[1].Value));
            }
        }

        Assert.Contains("org.systemd.property.", read);
        Assert.Contains("run.oci.keep_original_groups", read);
        Assert.All(read.Distinct(), annotation => Assert.Contains(
            s_features.PotentiallyUnsafeConfigAnnotations, unsafeName => annotation == unsafeName || (unsafeName.EndsWith('.') && annotation.StartsWith(unsafeName, StringComparison.Ordinal))));
    }

    [Fact]
    public void Document_IsJsonWithTheKeysThatEnginesRead()
    {
        using var document = JsonDocument.Parse(s_features.ToJson());

        JsonElement linux = document.RootElement.GetProperty("linux");
        Assert.True(linux.GetProperty("mountExtensions").GetProperty("idmap").GetProperty("enabled").GetBoolean());
        Assert.False(linux.GetProperty("cgroup").GetProperty("v1").GetBoolean());
        Assert.True(linux.GetProperty("cgroup").GetProperty("v2").GetBoolean());
        Assert.All(["apparmor", "selinux", "intelRdt"], name => Assert.True(linux.GetProperty(name).GetProperty("enabled").GetBoolean()));
        Assert.Contains(document.RootElement.GetProperty("mountOptions").EnumerateArray(), option => option.GetString() == "rro");
        Assert.Contains(linux.GetProperty("namespaces").EnumerateArray(), type => type.GetString() == "user");
        JsonElement seccomp = linux.GetProperty("seccomp");
        Assert.True(seccomp.GetProperty("enabled").GetBoolean());
        Assert.Contains(seccomp.GetProperty("actions").EnumerateArray(), action => action.GetString() == "SCMP_ACT_KILL_PROCESS");
        Assert.Contains(seccomp.GetProperty("operators").EnumerateArray(), op => op.GetString() == "SCMP_CMP_MASKED_EQ");
        Assert.Contains(seccomp.GetProperty("archs").EnumerateArray(), arch => arch.GetString() == "SCMP_ARCH_X32");
        Assert.Contains(seccomp.GetProperty("supportedFlags").EnumerateArray(), flag => flag.GetString() == "SECCOMP_FILTER_FLAG_SPEC_ALLOW");
    }

    private static RuntimeSpec Default()
    {
        RuntimeSpec spec = SpecReader.Read(DefaultSpec.Write(), "config.json");
        return spec with { Process = spec.Process with { Terminal = false } };
    }

    private static bool IsAccepted(RuntimeSpec spec)
    {
        try
        {
            Supported.Require(spec);
            return true;
        }
        catch (LinuxException)
        {
            return false;
        }
    }
}
