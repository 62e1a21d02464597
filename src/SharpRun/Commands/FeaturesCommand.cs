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
        StandardOutput.Write(Document(Processes.LastCapability(), SupportedSeccompFlags()).ToJson());
        return 0;
    }

    /// <summary>The document on one kernel.</summary>
    /// <param name="last">Its highest capability.</param>
    /// <param name="supportedFlags">The flags of seccomp(2) that it takes.</param>
    internal static FeaturesDocument Document(int last, IReadOnlyList<string> supportedFlags)
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
                Namespaces = Sorted(SpecReader.NamespaceTypes),
                Capabilities = capabilities,
                Cgroup = new CgroupFeatures(V1: false, V2: true, Systemd: true, SystemdUser: true, Rdma: true),
                Seccomp = new SeccompFeatures
                {
                    Enabled = true,
                    Actions = SpecReader.SeccompActions,
                    Operators = SpecReader.SeccompOperators,
                    Archs = SpecReader.SeccompArchs,
                    KnownFlags = SpecReader.SeccompFlagWords,
                    SupportedFlags = supportedFlags,
                },

                // What this program can do, whether or not the running kernel can (features-linux.md).
                Apparmor = true,
                Selinux = true,
                IntelRdt = new IntelRdtFeatures(Enabled: true, Schemata: true, Monitoring: true),
                MemoryPolicyModes = SpecReader.MemoryPolicyModes,
                MemoryPolicyFlags = SpecReader.MemoryPolicyFlagWords,
                IdmapMounts = true,
                NetDevices = true,
            },
            PotentiallyUnsafeConfigAnnotations = ["org.systemd.property.", "run.oci.keep_original_groups", LandlockSpec.Annotation],
            Annotations = [new("io.github.sharprun.version", VersionText.Number)],
        };
    }

    private static List<string> SupportedSeccompFlags()
    {
        var supported = new List<string>();
        IReadOnlyList<string> words = SpecReader.SeccompFlagWords;
        for (int i = 0; i < words.Count; i++)
        {
            if (KernelProbe.HasSeccompFlag((uint)SpecReader.SeccompFlagOf(i)))
            {
                supported.Add(words[i]);
            }
        }

        return supported;
    }

    private static List<string> Sorted(IReadOnlyList<string> names)
    {
        List<string> sorted = [.. names];
        sorted.Sort(StringComparer.Ordinal);
        return sorted;
    }
}
