using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Compile;

/// <summary>The annotation <c>org.sharprun.landlock</c>: a ruleset made while the process is root, and in force as one of its last steps.</summary>
/// <remarks>It has no_new_privs, so that neither CAP_SYS_ADMIN is needed nor any step of the runtime's own comes under the ruleset.</remarks>
internal sealed class LandlockStage
{
    private const int Files = 16; // LANDLOCK_ACCESS_FS_*; behind them LANDLOCK_ACCESS_NET_*
    private const string Place = LandlockSpec.JsonPlace;

    private readonly LandlockSpec _spec;
    private readonly ulong _handled;
    private readonly ulong _scoped;

    private LandlockStage(LandlockSpec spec, int abi)
    {
        _spec = spec;
        var dropped = new List<string>();
        for (int i = 0; i < spec.Handled.Count; i++)
        {
            LandlockAccess access = spec.Handled[i];
            if (Has(abi, AbiOf(access), SpecReader.LandlockAccessWords[(int)access], $"handled[{i}]", dropped))
            {
                _handled |= 1UL << (int)access;
            }
        }

        for (int i = 0; i < spec.Scoped.Count; i++)
        {
            if (Has(abi, AbiOfScopes, SpecReader.LandlockScopeWords[(int)spec.Scoped[i]], $"scoped[{i}]", dropped))
            {
                _scoped |= 1UL << (int)spec.Scoped[i];
            }
        }

        Dropped = dropped.Count == 0 ? null : string.Join(", ", dropped);
    }

    /// <summary>What is asked for at best, and this kernel does not know; null for nothing.</summary>
    internal string? Dropped { get; }

    private const int AbiOfScopes = 6;

    /// <summary>The ABI that has everything which can be asked for.</summary>
    internal const int NewestAbi = AbiOfScopes;

    /// <summary>The stage of a container with the annotation; null for one without.</summary>
    /// <param name="annotations">The container's.</param>
    /// <param name="process">The process that is to be restricted.</param>
    /// <param name="facts">The host.</param>
    internal static LandlockStage? Of(IReadOnlyDictionary<string, string> annotations, ProcessSpec process, HostFacts facts)
    {
        if (SpecReader.ReadLandlock(annotations) is not { } spec)
        {
            return null;
        }

        if (!process.NoNewPrivileges)
        {
            throw new LinuxException($"process.noNewPrivileges: must be true, as the container has the annotation {LandlockSpec.Annotation}");
        }

        return facts.LandlockAbi > 0
            ? new LandlockStage(spec, facts.LandlockAbi)
            : throw new LinuxException($"{Place}: this kernel has no Landlock, or it is not among its security modules (lsm=)");
    }

    /// <summary>In the container's root and still as its root user, who reaches every path.</summary>
    internal void MakeRuleset(PlanBuilder plan)
    {
        if (IsEmpty)
        {
            return;
        }

        _ = plan.From(Place)
            .CreateRuleset(FileBits(_handled), NetworkBits(_handled), _scoped, Dropped)
            .OpenHost("/", O_PATH | O_DIRECTORY, FdSlot.Rootfs);
        for (int i = 0; i < _spec.Rules.Count; i++)
        {
            LandlockRule rule = _spec.Rules[i];
            ulong access = 0;
            foreach (LandlockAccess right in rule.Access)
            {
                access |= (1UL << (int)right) & _handled;
            }

            if (access != 0)
            {
                Allow(plan, rule, access, $"{Place}.rules[{i}]");
            }
        }

        _ = plan.From(Place).Close(FdSlot.Rootfs).From("");
    }

    /// <summary>From here on the process may do no more than the ruleset says.</summary>
    internal void Restrict(PlanBuilder plan)
    {
        if (!IsEmpty)
        {
            _ = plan.From(Place).RestrictSelf().Close(FdSlot.Ruleset).From("");
        }
    }

    private bool IsEmpty => (_handled | _scoped) == 0;

    private static void Allow(PlanBuilder plan, LandlockRule rule, ulong access, string at)
    {
        for (int i = 0; i < rule.Paths.Count; i++)
        {
            _ = plan.From($"{at}.paths[{i}]")
                .OpenInRoot(rule.Paths[i], O_PATH, FdSlot.Target)
                .AllowPath(FdSlot.Target, FileBits(access))
                .Close(FdSlot.Target);
        }

        for (int i = 0; i < rule.Ports.Count; i++)
        {
            _ = plan.From($"{at}.ports[{i}]").AllowPort(rule.Ports[i], NetworkBits(access));
        }
    }

    private bool Has(int abi, int needed, string word, string at, List<string> dropped)
    {
        if (abi >= needed)
        {
            return true;
        }

        if (!_spec.BestEffort)
        {
            throw new LinuxException($"{Place}.{at}: {word} needs version {needed} of the Landlock ABI, the kernel has {abi}");
        }

        dropped.Add($"{word} (ABI {needed}, not {abi})");
        return false;
    }

    private static ulong FileBits(ulong access) => access & ((1UL << Files) - 1);

    private static ulong NetworkBits(ulong access) => access >> Files;

    private static int AbiOf(LandlockAccess access) => access switch
    {
        LandlockAccess.Refer => 2,
        LandlockAccess.Truncate => 3,
        LandlockAccess.BindTcp or LandlockAccess.ConnectTcp => 4,
        LandlockAccess.IoctlDev => 5,
        _ => 1,
    };
}
