using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Compile;
using SharpRun.Linux.Launch;
using SharpRun.Linux.Mounts;
using SharpRun.Linux.Security;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Containers;

/// <summary>Gathers what the compiler needs to know of the host.</summary>
internal static class HostProbe
{
    /// <summary>Looks at the host for one bundle; needs no privilege.</summary>
    /// <param name="spec">The configuration.</param>
    /// <param name="bundle">The bundle.</param>
    /// <param name="joined">The namespaces of other containers that are to be joined.</param>
    /// <param name="visit">Look into a user namespace that is to be joined, which takes the rights over it.</param>
    internal static HostFacts Gather(RuntimeSpec spec, string bundle, JoinedContainers joined, bool visit)
    {
        CheckParameters(spec.Linux);
        CheckNetDevices(spec.Linux);
        SecurityModules.Require(spec.Process, spec.Linux.MountLabel);
        if (!KernelProbe.HasDetachedMounts)
        {
            throw new LinuxException("open_tree, fsopen and move_mount (Linux 5.2) are needed; this kernel lacks them or a sandbox does not let them through");
        }

        var facts = new HostFacts
        {
            Kernel = new KernelFeatures(KernelProbe.HasOpenAt2, KernelProbe.HasMountAttributes),
            Bundle = bundle,
            Rootfs = Rootfs(spec, bundle),
            CopiedLinks = CopiedLinks(spec.Mounts, bundle),
            LastCapability = Processes.LastCapability(),
            InUserNamespace = Processes.IsInUserNamespace(),
            // Without a user namespace of its own the container needs the right in any case.
            MayMount = (Processes.EffectiveUser == 0 && spec.Linux.FindNamespace(NamespaceType.User) is null) || Mounting.IsPermitted,
            HasKcore = Files.TryStat(AT_FDCWD, "/proc/kcore", 0, out _) == 0,
            LandlockAbi = LandlockAbi(spec.Annotations),
            Streams = Streams(spec.Process),
        };
        return NamespaceProbe.Look(facts, spec.Linux, joined, visit);
    }

    /// <summary>Looks at the host for another process of a container: only its streams and the kernel matter.</summary>
    internal static HostFacts GatherFor(ProcessSpec process, ContainerState state, RuntimeSpec container)
    {
        SecurityModules.Require(process, mountLabel: null);
        LinuxSpec linux = container.Linux;
        var facts = new HostFacts
        {
            Bundle = state.Bundle,
            Rootfs = state.Rootfs,
            Kernel = KernelFeatures.All with { OpenAt2 = KernelProbe.HasOpenAt2 },
            LastCapability = Processes.LastCapability(),
            LandlockAbi = LandlockAbi(container.Annotations),
            Streams = Streams(process),
            IsRootless = Processes.EffectiveUser != 0,
        };
        if (linux.FindNamespace(NamespaceType.User) is null)
        {
            return Processes.IsInUserNamespace() ? facts with { DeniesGroups = NamespaceProbe.OwnDeniesGroups, OwnUsers = NamespaceProbe.OwnUsers() } : facts;
        }

        JoinedUserNamespace seen = NamespaceProbe.UsersOf(state.Pid);
        return facts with { Users = new UserMappings(seen.Uids, seen.Gids), DeniesGroups = seen.DeniesGroups };
    }

    /// <summary>Asked only when it matters.</summary>
    private static int LandlockAbi(IReadOnlyDictionary<string, string> annotations) =>
        annotations.ContainsKey(LandlockSpec.Annotation) ? KernelProbe.LandlockAbi : 0;

    /// <summary>The path of a bundle without links; the runtime itself never changes its directory.</summary>
    internal static string Bundle(string path)
    {
        using OwnedFd fd = Files.Open(path, O_PATH | O_DIRECTORY);
        return Files.ReadLink(AT_FDCWD, "/proc/self/fd/" + fd.Number.ToString(CultureInfo.InvariantCulture));
    }

    /// <exception cref="LinuxException">The root filesystem is missing.</exception>
    private static string Rootfs(RuntimeSpec spec, string bundle)
    {
        string path = spec.Root.Path;
        string absolute = LexicalPath.Clean(path.StartsWith('/') ? path : $"{bundle}/{path}");
        if (spec.Linux.FindNamespace(NamespaceType.Mount) is { Path: not null })
        {
            // A path of that mount namespace.
            return absolute;
        }

        using OwnedFd? fd = Files.TryOpenBeneath(AT_FDCWD, absolute, O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS, out Errno errno);
        return errno switch
        {
            0 when absolute == "/" => throw new LinuxException("root.path: the host's root cannot be a container's root filesystem"),
            0 => absolute,
            Errno.ELOOP => throw new LinuxException($"root.path: invalid rootfs {absolute}: not an absolute path, or a symlink"),
            _ => throw new LinuxException($"root.path: invalid rootfs {absolute}: {ErrnoText.Describe(errno)}"),
        };
    }

    /// <summary>Mount points outside the root filesystem where a procfs or sysfs is mounted whole.</summary>
    internal static List<string> KernelMounts(string rootfs)
    {
        var points = new List<string>();
        foreach (MountLine mount in MountTable.Read())
        {
            if (mount is { Root: "/", Type: "proc" or "sysfs" } && !mount.MountPoint.StartsWith(rootfs + "/", StringComparison.Ordinal))
            {
                points.Add(mount.MountPoint);
            }
        }

        return points;
    }

    private static Dictionary<int, string> CopiedLinks(IReadOnlyList<MountSpec> mounts, string bundle)
    {
        var links = new Dictionary<int, string>();
        for (int i = 0; i < mounts.Count; i++)
        {
            if (mounts[i].IsBind && Has(mounts[i].Options, MountOptionTable.CopySymlink))
            {
                string source = mounts[i].Source!;
                string path = source.StartsWith('/') ? source : $"{bundle}/{source}";
                if (Files.TryStat(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, out Statx stat) == 0 && (stat.Mode & S_IFMT) == S_IFLNK)
                {
                    links.Add(i, Files.ReadLink(AT_FDCWD, path));
                }
            }
        }

        return links;
    }

    private static bool Has(IReadOnlyList<string> options, string name)
    {
        for (int i = 0; i < options.Count; i++)
        {
            if (options[i] == name)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A namespace that is joined must not be the runtime's own: its parameters are the host's.</summary>
    private static void CheckParameters(LinuxSpec linux)
    {
        foreach (string key in linux.Sysctl.Keys)
        {
            if (SysctlKey.NamespaceOf(SysctlKey.ToPath(key)) is { } type && IsOwn(linux, type))
            {
                throw new LinuxException($"{JsonPath.Member("linux.sysctl", key)}: sysctl {JsonPath.Quote(key)} is not in a separate kernel namespace");
            }
        }
    }

    /// <summary>A device cannot be moved to where it is.</summary>
    private static void CheckNetDevices(LinuxSpec linux)
    {
        if (linux.NetDevices.Count > 0 && IsOwn(linux, NamespaceType.Network))
        {
            throw new LinuxException("linux.netDevices: the network namespace to join is the runtime's own");
        }
    }

    /// <summary>Whether the configuration joins the namespace that the runtime itself is in.</summary>
    private static bool IsOwn(LinuxSpec linux, NamespaceType type) =>
        linux.FindNamespace(type)?.Path is { } path && ContainerNamespace.TryIdentify(path) is { } joined && joined == ContainerNamespace.Own(type);

    /// <summary>A terminal is one stream, which root has made.</summary>
    private static StandardStream[] Streams(ProcessSpec process) =>
        process.Terminal ? [new StandardStream(IsNull: false, O_RDWR, IsOurs: true, Uid: 0)] : [Stream(0), Stream(1), Stream(2)];

    private static StandardStream Stream(int fd)
    {
        if (Files.TryStat(fd, "", AT_EMPTY_PATH, out Statx stat) != 0)
        {
            return default;
        }

        uint type = stat.Mode & S_IFMT;
        bool isNull = type == S_IFCHR && stat is { RdevMajor: 1, RdevMinor: 3 };

        // Unix98 terminals are majors 136 to 143; a console of the host is not ours to give away.
        bool isOurs = type == S_IFIFO || (type == S_IFCHR && stat.RdevMajor is >= 136 and <= 143);
        return new StandardStream(isNull, isNull ? Files.AccessMode(fd) : 0, isOurs, stat.Uid);
    }
}
