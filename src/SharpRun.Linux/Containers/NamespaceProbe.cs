using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Compile;
using SharpRun.Linux.Launch;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Containers;

/// <summary>Looks at the namespaces that are to be joined, before anything is made: what they are, whose they are, who is who in them.</summary>
internal static class NamespaceProbe
{
    /// <summary>Adds what it finds to the facts.</summary>
    /// <param name="facts">What is known of the host.</param>
    /// <param name="linux">The configuration.</param>
    /// <param name="joined">The namespaces of other containers that are to be joined.</param>
    /// <param name="visit">Send a process into a joined user namespace, to see its users; needs the rights over it.</param>
    /// <exception cref="LinuxException">One is not what the configuration says; the message begins with its path in config.json.</exception>
    internal static HostFacts Look(HostFacts facts, LinuxSpec linux, JoinedContainers joined, bool visit)
    {
        facts = facts with
        {
            Given = joined.Indexes,
            IsRootless = Processes.EffectiveUser != 0,
            DeniesGroups = facts.InUserNamespace && OwnDeniesGroups,
            OwnUsers = facts.InUserNamespace ? OwnUsers() : null,
        };
        NamespaceSpec? user = linux.FindNamespace(NamespaceType.User);
        if (user is { Path: null })
        {
            RequireRoot(linux.UidMappings, "linux.uidMappings");
            RequireRoot(linux.GidMappings, "linux.gidMappings");
            RequireKnown(linux.UidMappings, facts.OwnUsers?.Uids, "linux.uidMappings");
            RequireKnown(linux.GidMappings, facts.OwnUsers?.Gids, "linux.gidMappings");
            facts = facts with
            {
                Users = new UserMappings(linux.UidMappings, linux.GidMappings),
                DeniesGroups = facts.DeniesGroups || NamespacePreparation.MustDenyGroups(facts, linux),
            };
        }

        NamespaceIdentity? joinedUser = null;
        for (int i = 0; i < linux.Namespaces.Count; i++)
        {
            if (linux.Namespaces[i] is { Type: NamespaceType.User, Path: { } path })
            {
                using OwnedFd? opened = joined.Descriptor(i) is null ? Open(path, i, NamespaceType.User) : null;
                OwnedFd file = opened ?? joined.Descriptor(i)!;
                joinedUser = NamespaceFiles.Identity(file);
                RequireOther(joinedUser.Value, i, path);
                if (visit)
                {
                    facts = Visit(facts, linux, file, path, Origin(i));
                }
            }
        }

        var owned = new List<int>();
        for (int i = 0; i < linux.Namespaces.Count; i++)
        {
            NamespaceSpec entry = linux.Namespaces[i];
            if (entry.Path is null || entry.Type == NamespaceType.User)
            {
                continue;
            }

            using OwnedFd? opened = joined.Descriptor(i) is null ? Open(entry.Path, i, entry.Type) : null;
            OwnedFd file = opened ?? joined.Descriptor(i)!;
            if (joinedUser is not null && (facts.IsRootless || IsOwnedBy(file, joinedUser.Value)))
            {
                owned.Add(i);
            }
        }

        return owned.Count == 0 ? facts : facts with { OwnedByUser = owned };
    }

    /// <summary>setgroups(2) is not allowed in the runtime's own user namespace.</summary>
    internal static bool OwnDeniesGroups => Files.TryReadValue("/proc/self/setgroups", out _) is "deny\n";

    /// <summary>Who is who in the user namespace of a container's first process.</summary>
    internal static JoinedUserNamespace UsersOf(int pid)
    {
        using ProcessDirectory directory = ProcessDirectory.Open(pid);
        return JoinedUserNamespace.Of(directory);
    }

    /// <summary>Whom the runtime's own user namespace knows.</summary>
    internal static UserMappings OwnUsers()
    {
        JoinedUserNamespace own = UsersOf(Processes.Self);
        return new UserMappings(own.Uids, own.Gids);
    }

    /// <summary>Within a user namespace only its own ids can be mapped on, a range of them from one of its ranges (user_namespaces(7)).</summary>
    private static void RequireKnown(IReadOnlyList<IdMapping> mappings, IReadOnlyList<IdMapping>? known, string at)
    {
        for (int i = 0; known is not null && i < mappings.Count; i++)
        {
            bool found = false;
            for (int j = 0; j < known.Count; j++)
            {
                found |= mappings[i].HostId >= known[j].ContainerId && (ulong)mappings[i].HostId + mappings[i].Size <= (ulong)known[j].ContainerId + known[j].Size;
            }

            if (!found)
            {
                string ids = mappings[i].Size == 1
                    ? $"id {mappings[i].HostId.ToString(CultureInfo.InvariantCulture)}"
                    : $"ids {mappings[i].HostId.ToString(CultureInfo.InvariantCulture)} to {((ulong)mappings[i].HostId + mappings[i].Size - 1).ToString(CultureInfo.InvariantCulture)}";
                throw new LinuxException($"{at}[{i.ToString(CultureInfo.InvariantCulture)}].hostID: {ids} not in one range of the user namespace that the runtime is in");
            }
        }
    }

    private static bool IsOwnedBy(OwnedFd file, NamespaceIdentity user)
    {
        using OwnedFd? owner = NamespaceFiles.TryOpenOwner(file);
        return owner is not null && NamespaceFiles.Identity(owner) == user;
    }

    private static OwnedFd Open(string path, int index, NamespaceType type)
    {
        // Without waiting: it may be a FIFO.
        OwnedFd file = Files.TryOpenAt(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, out Errno errno)
            ?? throw new LinuxException($"{Origin(index)}: open {path}: {ErrnoText.Name(errno)} ({ErrnoText.Describe(errno)})", errno, "open", -1, Origin(index));
        ulong found = NamespaceFiles.Type(file, path);
        if (found == NamespaceStage.Flag(type))
        {
            return file;
        }

        file.Dispose();
        throw new LinuxException(found == 0
            ? $"{Origin(index)}: {path}: is not a namespace"
            : $"{Origin(index)}: {path}: is a {Name(found)} namespace, not {Name(NamespaceStage.Flag(type))}");
    }

    /// <summary>Nobody can join the user namespace that he is in (setns(2)).</summary>
    private static void RequireOther(NamespaceIdentity user, int index, string path)
    {
        using OwnedFd own = Files.Open("/proc/self/ns/user", O_RDONLY);
        if (NamespaceFiles.Identity(own) == user)
        {
            throw new LinuxException($"{Origin(index)}: {path}: is the runtime's own user namespace");
        }
    }

    private static HostFacts Visit(HostFacts facts, LinuxSpec linux, OwnedFd file, string path, string origin)
    {
        JoinedUserNamespace seen = JoinedUserNamespace.Look(file, origin);
        RequireSame(linux.UidMappings, seen.Uids, "linux.uidMappings", path);
        RequireSame(linux.GidMappings, seen.Gids, "linux.gidMappings", path);
        RequireRoot(seen.Uids, origin);
        RequireRoot(seen.Gids, origin);
        return facts with { Users = new UserMappings(seen.Uids, seen.Gids), DeniesGroups = seen.DeniesGroups };
    }

    /// <summary>Mappings beside a path are what containerd and CRI-O pass: they say what is there already, or something is wrong.</summary>
    private static void RequireSame(IReadOnlyList<IdMapping> configured, IReadOnlyList<IdMapping> actual, string at, string path)
    {
        if (configured.Count > 0 && !(configured.Count == actual.Count && new HashSet<IdMapping>(configured).SetEquals(actual)))
        {
            throw new LinuxException($"{at}: not the mappings of the user namespace {path} that is to be joined");
        }
    }

    private static void RequireRoot(IReadOnlyList<IdMapping> mappings, string at)
    {
        if (UserMappings.ToHost(mappings, 0) is null)
        {
            throw new LinuxException($"{at}: id 0, the container's root, is not mapped");
        }
    }

    private static string Origin(int index) => $"linux.namespaces[{index.ToString(CultureInfo.InvariantCulture)}].path";

    private static string Name(ulong flag) => flag switch
    {
        CloneAbi.CLONE_NEWPID => "pid",
        CloneAbi.CLONE_NEWNET => "network",
        CloneAbi.CLONE_NEWNS => "mount",
        CloneAbi.CLONE_NEWIPC => "ipc",
        CloneAbi.CLONE_NEWUTS => "uts",
        CloneAbi.CLONE_NEWUSER => "user",
        CloneAbi.CLONE_NEWCGROUP => "cgroup",
        _ => "time",
    };
}
