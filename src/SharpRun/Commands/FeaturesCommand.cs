using SharpRun.CommandLine;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Mounts;
using SharpRun.Linux.Syscalls;
using SharpRun.Output;
using SharpRun.Spec;

namespace SharpRun.Commands;

/// <summary><c>features</c>: what this runtime can do, and nothing else.</summary>
internal static class FeaturesCommand
{
    internal static Command Row => new() { Name = "features", Summary = "show what the runtime can do, as JSON", Run = Run };

    private static int Run(CommandContext context, Arguments arguments)
    {
        StandardOutput.Write(Document(Processes.LastCapability()).ToJson());
        return 0;
    }

    /// <summary>The document on a kernel whose highest capability is <paramref name="last"/>.</summary>
    internal static FeaturesDocument Document(int last)
    {
        string[] capabilities = new string[Math.Min(last + 1, CapabilityAbi.Count)];
        for (int i = 0; i < capabilities.Length; i++)
        {
            capabilities[i] = CapabilityAbi.Name(i);
        }

        return new FeaturesDocument
        {
            Hooks = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"],
            MountOptions = MountOptionTable.Names(),
            Linux = new LinuxFeatures
            {
                Namespaces = ["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"],
                Capabilities = capabilities,
                Cgroup = new CgroupFeatures(V1: false, V2: true, Systemd: true, SystemdUser: true, Rdma: true),
                Seccomp = new SeccompFeatures
                {
                    Enabled = true,
                    Actions = SpecReader.SeccompActions,
                    Operators = SpecReader.SeccompOperators,
                    Archs = SpecReader.SeccompArchs,
                    KnownFlags = SpecReader.SeccompFlagWords,
                    SupportedFlags = SpecReader.SeccompFlagWords,
                },
                Apparmor = false,
                Selinux = false,
                IntelRdt = new IntelRdtFeatures(Enabled: false, Schemata: false, Monitoring: false),
                IdmapMounts = true,
                NetDevices = true,
            },
            PotentiallyUnsafeConfigAnnotations = ["org.systemd.property."],
            Annotations = [new("io.github.sharprun.version", VersionText.Number)],
        };
    }
}
