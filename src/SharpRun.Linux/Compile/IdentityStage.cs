using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Linux.Security;
using SharpRun.Spec;

namespace SharpRun.Linux.Compile;

/// <summary>From root to the configured user: capabilities, groups, ids; exactly those and no others.</summary>
internal static class IdentityStage
{
    private const string KeepGroups = "run.oci.keep_original_groups";

    /// <summary>The annotation that leaves a container's processes in the caller's groups, which no user namespace needs to know.</summary>
    internal static bool KeepsGroups(RuntimeSpec container) => container.Annotations.TryGetValue(KeepGroups, out string? value) && value is not ("0" or "false");

    internal static void TakeIdentity(PlanBuilder plan, ProcessSpec process, HostFacts facts, bool keepGroups)
    {
        // Without the object the process gets nothing: every engine sends it, and a full set would be a surprise.
        const string Path = "process.capabilities";
        CapabilitiesSpec? sets = process.Capabilities;
        int last = facts.LastCapability;
        ulong bounding = CapabilitySet.Bits(sets?.Bounding, Path + ".bounding", last);
        ulong permitted = CapabilitySet.Bits(sets?.Permitted, Path + ".permitted", last);
        ulong effective = CapabilitySet.Bits(sets?.Effective, Path + ".effective", last);
        ulong inheritable = CapabilitySet.Bits(sets?.Inheritable, Path + ".inheritable", last);
        ulong ambient = CapabilitySet.Bits(sets?.Ambient, Path + ".ambient", last);

        UserSpec user = process.User;
        _ = plan.From(Path + ".bounding").DropBoundingSet(CapabilitySet.UpTo(last) & ~bounding);
        if (user.Uid != 0)
        {
            // Or setresuid would empty the permitted set, and nothing could be kept (capabilities(7)).
            _ = plan.From("process.user").ProcessControl(ProcessAbi.PR_SET_KEEPCAPS, 1);
        }

        RequireMapped(keepGroups ? user with { AdditionalGids = [] } : user, facts);
        if (facts.Users is null || process.Terminal)
        {
            // In a user namespace those of the host belong to nobody; the parent gives them away.
            OwnStreams(plan, user, facts);
        }

        if (!facts.DeniesGroups && !keepGroups)
        {
            _ = plan.From("process.user.additionalGids").SetGroups(Groups(user));
        }

        _ = plan.From("process.user.gid").SetGroup(user.Gid)
            .From("process.user.uid").SetUser(user.Uid);
        if (user.Uid != 0)
        {
            _ = plan.ProcessControl(ProcessAbi.PR_SET_KEEPCAPS, 0);
        }

        _ = plan.From(Path).SetCapabilities(effective, permitted, inheritable);

        // The kernel keeps a capability in the ambient set only while it is permitted and inheritable; more cannot be asked for.
        ulong raise = ambient & permitted & inheritable;
        if ((permitted & inheritable & ~ambient) != 0)
        {
            // Or what the caller has there would stay.
            _ = plan.From(Path + ".ambient").ProcessControl(ProcessAbi.PR_CAP_AMBIENT, ProcessAbi.PR_CAP_AMBIENT_CLEAR_ALL);
        }

        if (raise != 0)
        {
            _ = plan.From(Path + ".ambient").RaiseAmbientSet(raise);
        }

        _ = plan.From("process.user").VerifyIdentity(user.Uid, user.Gid, effective, permitted, inheritable);
    }

    /// <summary>Whom the container's user namespace does not know nobody can become.</summary>
    private static void RequireMapped(UserSpec user, HostFacts facts)
    {
        if (facts.DeniesGroups && user.AdditionalGids.Count > 0)
        {
            throw new LinuxException("process.user.additionalGids: cannot set any additional groups in a rootless container");
        }

        if (facts.KnownUsers is not { } users)
        {
            return;
        }

        if (users.HostUser(user.Uid) is null)
        {
            throw new LinuxException($"process.user.uid: cannot setuid to unmapped uid {Number(user.Uid)} in user namespace");
        }

        if (users.HostGroup(user.Gid) is null)
        {
            throw new LinuxException($"process.user.gid: cannot setgid to unmapped gid {Number(user.Gid)} in user namespace");
        }

        for (int i = 0; i < user.AdditionalGids.Count; i++)
        {
            if (users.HostGroup(user.AdditionalGids[i]) is null)
            {
                throw new LinuxException($"process.user.additionalGids[{Number((uint)i)}]: cannot setgid to unmapped gid {Number(user.AdditionalGids[i])} in user namespace");
            }
        }
    }

    private static string Number(uint value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A user who is not root can then open /dev/stdout again; only pipes and terminals, never a device of others.</summary>
    private static void OwnStreams(PlanBuilder plan, UserSpec user, HostFacts facts)
    {
        for (int i = 0; i < facts.Streams.Count; i++)
        {
            if (facts.Streams[i].IsOurs && facts.Streams[i].Uid != user.Uid)
            {
                _ = plan.ChangeOwner(FdSlot.Stdin + i, user.Uid, uint.MaxValue).Tolerate(Errno.EPERM, Errno.EROFS);
            }
        }
    }

    private static ReadOnlySpan<uint> Groups(UserSpec user)
    {
        uint[] groups = new uint[user.AdditionalGids.Count];
        for (int i = 0; i < groups.Length; i++)
        {
            groups[i] = user.AdditionalGids[i];
        }

        return groups;
    }
}
