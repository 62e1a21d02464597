using SharpRun.Linux.Mounts;
using SharpRun.Spec;

namespace SharpRun.Linux.Compile;

/// <summary>What a configuration may ask for and cannot have: it is refused, not left out.</summary>
internal static class Supported
{
    /// <summary>Throws one message that names every part of the configuration that is not possible.</summary>
    internal static void Require(RuntimeSpec spec)
    {
        var missing = new List<string>();
        CheckNamespaces(spec, missing);
        CheckMounts(spec, missing);
        if (missing.Count > 0)
        {
            throw new LinuxException("config.json: " + string.Join("; ", missing));
        }
    }

    /// <summary>What needs a mount namespace of the container's own: elsewhere others would see it, and it would outlive the container.</summary>
    private static void CheckNamespaces(RuntimeSpec spec, List<string> missing)
    {
        LinuxSpec linux = spec.Linux;
        if (RootfsStage.OwnsMounts(linux))
        {
            return;
        }

        Require("root.readonly", spec.Root.Readonly);
        Require("linux.rootfsPropagation", linux.RootfsPropagation is not null);
        if (linux.FindNamespace(NamespaceType.Mount) is not null)
        {
            return;
        }

        Require("mounts", spec.Mounts.Count > 0);
        Require("process.terminal", spec.Process.Terminal);
        Require("linux.namespaces: a user namespace", linux.FindNamespace(NamespaceType.User) is not null);

        void Require(string path, bool present)
        {
            if (present)
            {
                missing.Add($"{path}: not possible without a mount namespace of the container's own");
            }
        }
    }

    private static void CheckMounts(RuntimeSpec spec, List<string> missing)
    {
        IReadOnlyList<MountSpec> mounts = spec.Mounts;
        for (int i = 0; i < mounts.Count; i++)
        {
            if (!RootfsStage.OwnsMounts(spec.Linux) && (mounts[i].UidMappings.Count > 0 || MountOptions.Parse(mounts[i].Options).IdMap is not null))
            {
                missing.Add($"mounts[{i}]: not possible without a mount namespace of the container's own");
            }

            foreach (string problem in MountOptionRules.Check(mounts[i], spec.Linux))
            {
                missing.Add($"mounts[{i}].options: {problem}");
            }
        }
    }
}
