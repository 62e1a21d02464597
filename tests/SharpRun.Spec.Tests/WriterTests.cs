using System.Text;
using System.Text.Json;

namespace SharpRun.Spec.Tests;

public class WriterTests
{
    [Fact]
    public void DefaultSpec_Root_IsTheGoldenDocument() => Golden.Match("spec.json", DefaultSpec.Write());

    [Fact]
    public void DefaultSpec_Rootless_IsTheGoldenDocument() => Golden.Match("spec-rootless.json", DefaultSpec.WriteRootless(1000, 1001));

    [Fact]
    public void DefaultSpec_Root_IsItselfAccepted()
    {
        RuntimeSpec spec = SpecReader.Read(DefaultSpec.Write(), "config.json");

        Assert.Equal(["sh"], spec.Process.Args);
        Assert.Equal(7, spec.Mounts.Count);
        Assert.NotNull(spec.Linux.FindNamespace(NamespaceType.Cgroup));
        Assert.Empty(SpecReader.FindUnknownProperties(DefaultSpec.Write(), "config.json"));
    }

    [Fact]
    public void DefaultSpec_Rootless_MapsTheUserAndKeepsTheHostsNetwork()
    {
        RuntimeSpec spec = SpecReader.Read(DefaultSpec.WriteRootless(1000, 1001, cgroupNamespace: false), "config.json");

        Assert.Equal([new IdMapping(0, 1000, 1)], spec.Linux.UidMappings);
        Assert.Equal([new IdMapping(0, 1001, 1)], spec.Linux.GidMappings);
        Assert.Null(spec.Linux.FindNamespace(NamespaceType.Network));
        Assert.Null(spec.Linux.FindNamespace(NamespaceType.Cgroup));
        Assert.Null(spec.Linux.Resources);
        Assert.DoesNotContain(spec.Mounts, mount => mount.Options.Any(option => option.StartsWith("gid=", StringComparison.Ordinal)));
    }

    private static StateDocument State => new()
    {
        Id = "box",
        Pid = 4422,
        Status = "running",
        Bundle = "/bundles/box",
        Rootfs = "/bundles/box/rootfs",
        Created = new DateTimeOffset(2026, 1, 2, 5, 4, 5, TimeSpan.FromHours(2)).AddTicks(1234567),
        Annotations = new Dictionary<string, string> { ["a<b>"] = "c+d\n" },
        Owner = "",
    };

    [Fact]
    public void State_Indented_HasTwoSpacesAndNoNewlineAtTheEnd() =>
        Assert.Equal(
            """
            {
              "ociVersion": "1.3.0",
              "id": "box",
              "pid": 4422,
              "status": "running",
              "bundle": "/bundles/box",
              "rootfs": "/bundles/box/rootfs",
              "created": "2026-01-02T03:04:05.1234567Z",
              "annotations": {
                "a<b>": "c+d\n"
              },
              "owner": ""
            }
            """,
            Encoding.UTF8.GetString(State.ToIndentedJson()));

    [Fact]
    public void State_ForAHook_LeavesOutWhatIsNotSet()
    {
        var state = new StateDocument { Id = "box", Status = "stopped", Bundle = "/b" };

        Assert.Equal(
            """{"ociVersion":"1.3.0","id":"box","pid":0,"status":"stopped","bundle":"/b"}""", Encoding.UTF8.GetString(state.ToJson()));
    }

    [Fact]
    public void State_BundleThatIsNotUtf8_IsStillWritten()
    {
        // The byte 0xff of a path, carried as a lone surrogate.
        byte[] json = new StateDocument { Id = "box", Status = "running", Bundle = "/b\udcff" }.ToJson();

        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Equal("/b\ufffd", document.RootElement.GetProperty("bundle").GetString());
    }

    [Fact]
    public void StateList_Rows_AreOneLine()
    {
        string text = Encoding.UTF8.GetString(StateDocument.ToJsonList([State, State]));

        Assert.StartsWith("[{\"ociVersion\":\"1.3.0\",\"id\":\"box\",\"pid\":4422,", text, StringComparison.Ordinal);
        Assert.EndsWith("}]\n", text, StringComparison.Ordinal);
        Assert.Equal(1, text.Count(c => c == '\n'));
    }

    [Fact]
    public void StateList_Empty_IsNull() => Assert.Equal("null\n", Encoding.UTF8.GetString(StateDocument.ToJsonList([])));

    [Theory]
    [InlineData(0, "2026-01-02T03:04:05Z")]
    [InlineData(5_000_000, "2026-01-02T03:04:05.5Z")]
    public void FormatTime_Fraction_HasNoZerosAtTheEnd(long ticks, string expected) =>
        Assert.Equal(expected, StateDocument.FormatTime(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(ticks)));

    [Fact]
    public void Features_Document_IsTheGoldenDocument()
    {
        var features = new FeaturesDocument
        {
            Hooks = ["prestart", "poststop"],
            MountOptions = ["bind", "rro"],
            Linux = new LinuxFeatures
            {
                Namespaces = ["mount", "user"],
                Capabilities = ["CAP_KILL"],
                Cgroup = new CgroupFeatures(V1: false, V2: true, Systemd: true, SystemdUser: false, Rdma: true),
                Seccomp = new SeccompFeatures { Enabled = true, Actions = ["SCMP_ACT_ALLOW"], KnownFlags = ["SECCOMP_FILTER_FLAG_LOG"] },
                Apparmor = true,
                Selinux = false,
                IntelRdt = new IntelRdtFeatures(Enabled: true, Schemata: true, Monitoring: false),
                MemoryPolicyModes = ["MPOL_BIND"],
                MemoryPolicyFlags = [],
                IdmapMounts = true,
                NetDevices = false,
            },
            Annotations = [new("org.example.version", "1")],
            PotentiallyUnsafeConfigAnnotations = ["bundle", "org.systemd.property."],
        };

        Golden.Match("features.json", features.ToJson());
    }
}
