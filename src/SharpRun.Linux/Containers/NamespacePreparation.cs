using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Compile;
using SharpRun.Linux.Launch;
using SharpRun.Linux.Security;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>The parent's part of a container with a user namespace: what the process in it has no right to do for itself.</summary>
internal sealed class NamespacePreparation
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private const int PageSize = 4096;

    private readonly LinuxSpec _linux;
    private readonly ProcessSpec _process;
    private readonly HostFacts _facts;
    private readonly List<string> _newUidMap;
    private readonly List<string> _newGidMap;

    /// <summary>Looks for the programs that it may need, so that nothing is made when they are missing.</summary>
    internal NamespacePreparation(RuntimeSpec spec, HostFacts facts)
    {
        _linux = spec.Linux;
        _process = spec.Process;
        _facts = facts;
        bool isNew = _linux.FindNamespace(NamespaceType.User) is { Path: null };
        _newUidMap = isNew ? Helper("newuidmap", _linux.UidMappings, Processes.EffectiveUser, "linux.uidMappings") : [];
        _newGidMap = isNew ? Helper("newgidmap", _linux.GidMappings, Processes.EffectiveGroup, "linux.gidMappings") : [];
    }

    /// <summary>Whether somebody who is not root may write the group mapping only with setgroups(2) denied (user_namespaces(7)).</summary>
    internal static bool MustDenyGroups(HostFacts facts, LinuxSpec linux) => facts.IsRootless && IsOwn(linux.GidMappings, Processes.EffectiveGroup);

    /// <summary>The child waits in its new user namespace, or with its new clocks.</summary>
    internal void Prepare(LaunchedProcess process)
    {
        using ProcessDirectory directory = ProcessDirectory.Open(process.Pid);
        if (_linux.FindNamespace(NamespaceType.User) is { Path: null })
        {
            if (MustDenyGroups(_facts, _linux))
            {
                directory.Write("setgroups", "deny", "linux.gidMappings");
            }

            WriteMap(directory, process, "uid_map", _linux.UidMappings, _newUidMap, "linux.uidMappings");
            WriteMap(directory, process, "gid_map", _linux.GidMappings, _newGidMap, "linux.gidMappings");
        }

        if (NamespaceStage.IsBornInUserNamespace(_linux) && _process.OomScoreAdj is { } score)
        {
            directory.Write("oom_score_adj", score.ToString(CultureInfo.InvariantCulture), "process.oomScoreAdj");
        }

        if (NamespaceStage.HasOffsets(_linux))
        {
            directory.Write("timens_offsets", NamespaceStage.Offsets(_linux.TimeOffsets!), "linux.timeOffsets");
        }
    }

    /// <summary>The limits of a process in a user namespace.</summary>
    internal static void SetLimits(ProcessSpec process, LaunchedProcess launched)
    {
        for (int i = 0; i < process.Rlimits.Count; i++)
        {
            RlimitSpec limit = process.Rlimits[i];
            Errno errno = Processes.TrySetLimit(launched.Pid, (int)limit.Type, limit.Soft, limit.Hard);
            if (errno != 0)
            {
                string origin = $"process.rlimits[{i.ToString(CultureInfo.InvariantCulture)}]";
                throw new LinuxException(
                    $"{origin}: prlimit64({ResourceLimits.Name((int)limit.Type)}): {ErrnoText.Name(errno)} ({ErrnoText.Describe(errno)})", errno, "prlimit64", -1, origin);
            }
        }
    }

    /// <summary>The process' user may open its streams again: pipes and terminals, whose owner the container's root may not change.</summary>
    internal static void OwnStreams(ProcessSpec process, HostFacts facts)
    {
        if (process.Terminal || facts.Users?.HostUser(process.User.Uid) is not { } owner)
        {
            return;
        }

        for (int i = 0; i < facts.Streams.Count; i++)
        {
            if (facts.Streams[i].IsOurs && facts.Streams[i].Uid != owner)
            {
                _ = FileMetadata.TryChangeOwner(i, owner);
            }
        }
    }

    /// <summary>Directly, and where that is not permitted with the program that may (newuidmap(1)).</summary>
    private static void WriteMap(
        ProcessDirectory directory, LaunchedProcess process, string file, IReadOnlyList<IdMapping> mappings, List<string> candidates, string origin)
    {
        Errno errno = directory.TryWriteMap(file, mappings);
        if (errno == 0)
        {
            return;
        }

        if (errno == Errno.EINVAL && ProcessDirectory.MapLength(mappings) is >= PageSize and var length)
        {
            throw new LinuxException(
                $"{origin}: {mappings.Count.ToString(CultureInfo.InvariantCulture)} mappings are {length.ToString(CultureInfo.InvariantCulture)} bytes, and the kernel takes less than 4096 in the one write that it allows", errno);
        }

        if (errno != Errno.EPERM || candidates.Count == 0)
        {
            throw directory.Failure(file, errno, origin);
        }

        string name = candidates[0][(candidates[0].LastIndexOf('/') + 1)..];
        var arguments = new List<string> { name, process.Pid.ToString(CultureInfo.InvariantCulture) };
        foreach (IdMapping mapping in mappings)
        {
            arguments.Add(mapping.ContainerId.ToString(CultureInfo.InvariantCulture));
            arguments.Add(mapping.HostId.ToString(CultureInfo.InvariantCulture));
            arguments.Add(mapping.Size.ToString(CultureInfo.InvariantCulture));
        }

        var program = new HostProgram { Candidates = candidates, Arguments = arguments, Environment = SelfProtection.CallerEnvironment() };
        ProgramEnd end = ProgramRun.Run(
            new LaunchRequest { Plan = HostProgramPlan.OnHost(program), Started = static _ => { }, FailurePrefix = origin + ": " }, Launcher.Launch, input: [], timeout: null);
        if (end.Exit is not { Signal: 0, Status: 0 })
        {
            throw new LinuxException($"{origin}: {name}: {HookRunner.Words(end.Exit)}: {(end.Output + end.Error).TrimEnd('\n').Replace('\n', ' ')} (/etc/{(name == "newuidmap" ? "subuid" : "subgid")} says which ids a user may map)");
        }
    }

    /// <summary>Where the program is that writes mappings for those who may not; nowhere when it is not needed.</summary>
    private List<string> Helper(string name, IReadOnlyList<IdMapping> mappings, uint own, string origin)
    {
        var found = new List<string>();
        if (!(_facts.IsRootless || _facts.InUserNamespace))
        {
            return found;
        }

        foreach (string directory in (OwnProcess.Variable("PATH"u8) ?? DefaultPath).Split(':'))
        {
            if (directory.StartsWith('/') && Files.TryStat(FileAbi.AT_FDCWD, $"{directory}/{name}", 0, out _) == 0)
            {
                found.Add($"{directory}/{name}");
            }
        }

        return found.Count == 0 && _facts.IsRootless && !IsOwn(mappings, own)
            ? throw new LinuxException($"{origin}: an ordinary user can map only the own id without {name}, which was not found in $PATH")
            : found;
    }

    private static bool IsOwn(IReadOnlyList<IdMapping> mappings, uint own) => mappings is [{ Size: 1 } only] && only.HostId == own;
}
