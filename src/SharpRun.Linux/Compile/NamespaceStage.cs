using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.CloneAbi;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Compile;

/// <summary>Which namespaces the child is born in, and which it joins or makes itself.</summary>
/// <remarks>
/// Usually clone3 makes all new ones. In a new user namespace the child makes the others itself as soon as it is somebody there: what the
/// kernel makes with them, as devices in /sys and /dev/mqueue, then belongs to the container's root. Where something must happen between
/// two of them the child is born twice: what is joined is joined before, what is new is made by the second birth.
/// </remarks>
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

    /// <summary>The flags of clone3; none when the child is born twice.</summary>
    internal static ulong CloneFlags(LinuxSpec linux)
    {
        ulong flags = BirthFlags(linux);
        return IsBornTwice(linux) ? 0 : (flags & CLONE_NEWUSER) != 0 ? flags & (CLONE_NEWUSER | CLONE_NEWPID) : flags;
    }

    /// <summary>Whether the child makes its namespaces in two steps.</summary>
    /// <remarks>
    /// Nobody can enter another pid namespace, or a time namespace of his own making: only his children are born there. What belongs to the
    /// host must be joined before the rights over it are lost in a user namespace, what is to belong to a joined one made after joining.
    /// </remarks>
    internal static bool IsBornTwice(LinuxSpec linux) =>
        linux.FindNamespace(NamespaceType.Pid) is { Path: not null }
        || linux.FindNamespace(NamespaceType.Time) is { Path: null }
        || (linux.FindNamespace(NamespaceType.User) is not null && JoinsAny(linux));

    /// <summary>Whether clone3 itself puts the child into a new user namespace.</summary>
    internal static bool IsBornInUserNamespace(LinuxSpec linux) => (CloneFlags(linux) & CLONE_NEWUSER) != 0;

    /// <summary>Whether the parent has something to write for the child before anything else.</summary>
    internal static bool NeedsPreparation(LinuxSpec linux) =>
        linux.FindNamespace(NamespaceType.User) is { } user && (user.Path is null || HasOffsets(linux));

    /// <summary>Whether a new time namespace has clocks of its own.</summary>
    internal static bool HasOffsets(LinuxSpec linux) => linux.TimeOffsets is { } offsets && (offsets.Monotonic ?? offsets.Boottime) is not null;

    /// <summary>The lines of timens_offsets (time_namespaces(7)).</summary>
    internal static string Offsets(TimeOffsetsSpec offsets) => Line("monotonic", offsets.Monotonic) + Line("boottime", offsets.Boottime);

    /// <summary>Enters all namespaces but a new cgroup namespace.</summary>
    internal static void Enter(PlanBuilder plan, LinuxSpec linux, HostFacts facts)
    {
        List<JoinedNamespace> joined = Open(plan, linux, facts);
        NamespaceSpec? user = linux.FindNamespace(NamespaceType.User);
        bool newTime = linux.FindNamespace(NamespaceType.Time) is { Path: null };
        if (user is null)
        {
            // A new mount namespace may have another /proc, or none: it comes last.
            Join(plan, joined.FindAll(static one => one.Entry.Type != NamespaceType.Mount));
            if (newTime)
            {
                MakeClocks(plan, linux);
            }

            Join(plan, joined.FindAll(static one => one.Entry.Type == NamespaceType.Mount));
        }
        else
        {
            Join(plan, joined.FindAll(one => one.Entry.Type != NamespaceType.User && !facts.OwnedByUser.Contains(one.Index)));
            Join(plan, joined.FindAll(static one => one.Entry.Type == NamespaceType.User));
            if (user.Path is not null)
            {
                BecomeRoot(plan);
            }

            Join(plan, joined.FindAll(one => facts.OwnedByUser.Contains(one.Index)));
            EnterNew(plan, linux, facts, user, newTime);
        }

        if (IsBornTwice(linux))
        {
            ulong flags = BirthFlags(linux) & (user is { Path: null } ? ~CLONE_NEWUSER : ulong.MaxValue);
            _ = plan.From("linux.namespaces").CloneSelf(flags).From("").ProcessControl(ProcessAbi.PR_SET_PDEATHSIG, ProcessAbi.SIGKILL);
        }
    }

    /// <summary>Root of a user namespace: until then this process is somebody whom the namespace does not know.</summary>
    /// <remarks>A change of ids takes the death signal away (prctl(2)).</remarks>
    internal static void BecomeRoot(PlanBuilder plan) =>
        _ = plan.From("linux.gidMappings").SetGroup(0).From("linux.uidMappings").SetUser(0)
            .From("").ProcessControl(ProcessAbi.PR_SET_DUMPABLE, 0).ProcessControl(ProcessAbi.PR_SET_PDEATHSIG, ProcessAbi.SIGKILL);

    /// <summary>Whether the owner of the container must be let in while its first process is still the runtime: by hooks, and by exec before start.</summary>
    /// <remarks>
    /// To join somebody's namespaces takes the right to trace him (setns(2)), which nobody but root has over a process that is not
    /// dumpable. In a user namespace that is new there is nobody whom that could help.
    /// </remarks>
    internal static bool IsOpenToOwner(LinuxSpec linux, HostFacts facts) =>
        facts.IsRootless && linux.FindNamespace(NamespaceType.User) is { Path: null };

    /// <summary>What is new and belongs to the user namespace; the parent writes what only it may write.</summary>
    private static void EnterNew(PlanBuilder plan, LinuxSpec linux, HostFacts facts, NamespaceSpec user, bool newTime)
    {
        ulong own = (user.Path is null && IsBornTwice(linux) ? CLONE_NEWUSER : 0) | (newTime ? CLONE_NEWTIME : 0);
        if (own != 0)
        {
            _ = plan.From("linux.namespaces").Unshare(own);
        }

        if (!NeedsPreparation(linux))
        {
            return;
        }

        if (facts.IsRootless)
        {
            // The files of a process that is not dumpable belong to root; the runtime's user is to write them.
            _ = plan.From("").ProcessControl(ProcessAbi.PR_SET_DUMPABLE, 1);
        }

        _ = plan.From(user.Path is null ? "linux.uidMappings" : "linux.timeOffsets").Report(SyncKind.Prepare).AwaitGo();
        if (user.Path is null)
        {
            BecomeRoot(plan);
            ulong rest = BirthFlags(linux) & ~(CLONE_NEWUSER | CLONE_NEWPID);
            if (rest != 0 && !IsBornTwice(linux))
            {
                _ = plan.From("linux.namespaces").Unshare(rest);
            }
        }
        else if (facts.IsRootless)
        {
            _ = plan.From("").ProcessControl(ProcessAbi.PR_SET_DUMPABLE, 0);
        }
    }

    /// <summary>A new time namespace, whose clocks can be set until somebody lives in it.</summary>
    private static void MakeClocks(PlanBuilder plan, LinuxSpec linux)
    {
        _ = plan.From("linux.namespaces").Unshare(CLONE_NEWTIME);
        if (HasOffsets(linux))
        {
            _ = plan.From("linux.timeOffsets")
                .OpenHost("/proc/self/timens_offsets", O_WRONLY, FdSlot.Target)
                .WriteText(FdSlot.Target, Offsets(linux.TimeOffsets!))
                .Close(FdSlot.Target);
        }
    }

    /// <summary>Opens every namespace that is to be joined before the first is: afterwards a path may mean something else.</summary>
    private static List<JoinedNamespace> Open(PlanBuilder plan, LinuxSpec linux, HostFacts facts)
    {
        var opened = new List<JoinedNamespace>();
        for (int i = 0; i < linux.Namespaces.Count; i++)
        {
            NamespaceSpec entry = linux.Namespaces[i];
            int given = Given(facts, i);
            if (given >= 0)
            {
                opened.Add(new JoinedNamespace(i, entry, FdSlot.FirstFree + given));
            }
            else if (entry.Path is not null)
            {
                var one = new JoinedNamespace(i, entry, plan.NewSlot());
                _ = plan.From(one.Origin).OpenHost(entry.Path, O_RDONLY, one.Slot);
                opened.Add(one);
            }
        }

        return opened;
    }

    /// <summary>Which of the parent's descriptors an entry's namespace is; -1 when the child opens it by its path.</summary>
    private static int Given(HostFacts facts, int index)
    {
        for (int i = 0; i < facts.Given.Count; i++)
        {
            if (facts.Given[i] == index)
            {
                return i;
            }
        }

        return -1;
    }

    private static void Join(PlanBuilder plan, List<JoinedNamespace> joined)
    {
        foreach (JoinedNamespace one in joined)
        {
            // With the type: the kernel refuses a namespace of another kind with EINVAL.
            _ = plan.From(one.Origin).SetNamespace(one.Slot, Flag(one.Entry.Type)).Close(one.Slot);
        }
    }

    /// <summary>Every new namespace that a birth makes.</summary>
    /// <remarks>
    /// Not the cgroup's: it is rooted at the cgroup that its creator is in at that moment; with CLONE_INTO_CGROUP that is still the
    /// parent's, so the child makes it itself, from inside its cgroup. Nor the clocks': they would be fixed before they are set.
    /// </remarks>
    private static ulong BirthFlags(LinuxSpec linux)
    {
        ulong flags = 0;
        foreach (NamespaceSpec entry in linux.Namespaces)
        {
            if (entry.Path is null && entry.Type is not (NamespaceType.Cgroup or NamespaceType.Time))
            {
                flags |= Flag(entry.Type);
            }
        }

        return flags;
    }

    private static bool JoinsAny(LinuxSpec linux)
    {
        foreach (NamespaceSpec entry in linux.Namespaces)
        {
            if (entry.Path is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static string Line(string clock, TimeOffset? offset) =>
        offset is { } value ? string.Create(CultureInfo.InvariantCulture, $"{clock} {value.Secs} {value.Nanosecs}\n") : "";

    /// <summary>A namespace that is joined: its number in the configuration, and the register that holds it.</summary>
    private readonly record struct JoinedNamespace(int Index, NamespaceSpec Entry, FdSlot Slot)
    {
        internal string Origin => $"linux.namespaces[{Index.ToString(CultureInfo.InvariantCulture)}].path";
    }
}
