using System.Globalization;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.CloneAbi;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Compile;

/// <summary>Which namespaces the child is born in, and which it joins or makes itself.</summary>
internal static class NamespaceStage
{
    /// <summary>The CLONE_NEW* flag of a type.</summary>
    internal static ulong Flag(NamespaceType type) => type switch
    {
        NamespaceType.Pid => CLONE_NEWPID,
        NamespaceType.Network => CLONE_NEWNET,
        NamespaceType.Mount => CLONE_NEWNS,
        NamespaceType.Ipc => CLONE_NEWIPC,
        NamespaceType.Uts => CLONE_NEWUTS,
        NamespaceType.User => CLONE_NEWUSER,
        NamespaceType.Cgroup => CLONE_NEWCGROUP,
        _ => CLONE_NEWTIME,
    };

    /// <summary>The flags of clone3: every new namespace but the cgroup's.</summary>
    /// <remarks>
    /// A cgroup namespace is rooted at the cgroup that its creator is in at that moment; with CLONE_INTO_CGROUP that is still the
    /// parent's, so the child makes it itself, from inside its cgroup.
    /// </remarks>
    internal static ulong CloneFlags(LinuxSpec linux)
    {
        ulong flags = 0;
        foreach (NamespaceSpec entry in linux.Namespaces)
        {
            if (entry.Path is null && entry.Type != NamespaceType.Cgroup)
            {
                flags |= Flag(entry.Type);
            }
        }

        return flags;
    }

    /// <summary>Opens every namespace that is to be joined before it joins the first: afterwards a path may mean something else.</summary>
    internal static void JoinNamespaces(PlanBuilder plan, LinuxSpec linux)
    {
        var opened = new List<(FdSlot Slot, NamespaceSpec Entry, string Origin)>();
        for (int i = 0; i < linux.Namespaces.Count; i++)
        {
            NamespaceSpec entry = linux.Namespaces[i];
            if (entry.Path is not null)
            {
                string origin = $"linux.namespaces[{i.ToString(CultureInfo.InvariantCulture)}].path";
                FdSlot slot = plan.NewSlot();
                _ = plan.From(origin).OpenHost(entry.Path, O_RDONLY, slot);
                opened.Add((slot, entry, origin));
            }
        }

        foreach ((FdSlot slot, NamespaceSpec entry, string origin) in opened)
        {
            // With the type: the kernel refuses a namespace of another kind with EINVAL.
            _ = plan.From(origin).SetNamespace(slot, Flag(entry.Type)).Close(slot);
        }
    }
}
