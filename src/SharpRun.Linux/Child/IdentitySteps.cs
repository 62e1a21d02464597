using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.ProcessAbi;
using static SharpRun.Linux.Abi.SyscallNumber;

namespace SharpRun.Linux.Child;

/// <summary>Who the process is: session, user, groups, capabilities, prctl attributes.</summary>
/// <remarks>Raw calls only: libc's wrappers tell other threads, and here there are none to answer.</remarks>
[NoGc]
internal static unsafe class IdentitySteps
{
    internal static nint NewSession(ChildMemory* memory) => memory->Kernel.Call(SYS_setsid);

    internal static nint JoinKeyring(ChildMemory* memory, SetNameOp* op) =>
        memory->Kernel.Call(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, ChildMemory.At(memory, op->Name));

    /// <remarks>The description is "keyring;uid;gid;permissions;name", the permissions in hexadecimal.</remarks>
    internal static nint GrantKeyring(ChildMemory* memory, NumberOp* op)
    {
        byte* text = memory->Scratch;
        nint length = memory->Kernel.Call(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, (nint)text, ChildMemory.ScratchLength);
        if (length < 0)
        {
            return length;
        }

        uint rights = 0;
        int fields = 0;
        for (nint i = 0; i < length && i < ChildMemory.ScratchLength && fields < 4; i++)
        {
            uint digit = text[i];
            if (digit == ';')
            {
                fields++;
            }
            else if (fields == 3)
            {
                rights = (rights << 4) | (digit <= '9' ? digit - '0' : digit - 'a' + 10);
            }
        }

        return fields == 4 ? memory->Kernel.Call(SYS_keyctl, KEYCTL_SETPERM, KEY_SPEC_SESSION_KEYRING, (nint)(rights | (uint)op->Value)) : -(nint)Errno.EPROTO;
    }

    internal static nint SetGroups(ChildMemory* memory, SetGroupsOp* op) =>
        memory->Kernel.Call(SYS_setgroups, op->Count, (nint)(memory->Text + op->Offset));

    internal static nint SetGroup(ChildMemory* memory, NumberOp* op) =>
        memory->Kernel.Call(SYS_setresgid, (nint)op->Value, (nint)op->Value, (nint)op->Value);

    internal static nint SetUser(ChildMemory* memory, NumberOp* op) =>
        memory->Kernel.Call(SYS_setresuid, (nint)op->Value, (nint)op->Value, (nint)op->Value);

    internal static nint DropBoundingSet(ChildMemory* memory, NumberOp* op)
    {
        for (int capability = 0; capability < 64; capability++)
        {
            if (((op->Value >> capability) & 1) != 0)
            {
                nint result = memory->Kernel.Call(SYS_prctl, PR_CAPBSET_DROP, capability);
                if (result < 0)
                {
                    return result;
                }
            }
        }

        return 0;
    }

    internal static nint SetCapabilities(ChildMemory* memory, SetCapabilitiesOp* op)
    {
        var header = (CapabilityHeader*)memory->Scratch;
        header->Version = LINUX_CAPABILITY_VERSION_3;
        header->Pid = 0;
        var data = (CapabilityData*)(memory->Scratch + 16);
        data->EffectiveLow = (uint)op->Effective;
        data->EffectiveHigh = (uint)(op->Effective >> 32);
        data->PermittedLow = (uint)op->Permitted;
        data->PermittedHigh = (uint)(op->Permitted >> 32);
        data->InheritableLow = (uint)op->Inheritable;
        data->InheritableHigh = (uint)(op->Inheritable >> 32);
        return memory->Kernel.Call(SYS_capset, (nint)header, (nint)data);
    }

    internal static nint RaiseAmbientSet(ChildMemory* memory, NumberOp* op)
    {
        for (int capability = 0; capability < 64; capability++)
        {
            if (((op->Value >> capability) & 1) != 0)
            {
                nint result = memory->Kernel.Call(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability);
                if (result < 0)
                {
                    return result;
                }
            }
        }

        return 0;
    }

    /// <remarks>EPERM when something else is in force: better no process than one with more rights than written.</remarks>
    internal static nint VerifyIdentity(ChildMemory* memory, VerifyIdentityOp* op)
    {
        var ids = (uint*)memory->Scratch;
        nint result = memory->Kernel.Call(SYS_getresuid, (nint)ids, (nint)(ids + 1), (nint)(ids + 2));
        if (result < 0)
        {
            return result;
        }

        bool same = ids[0] == op->Uid && ids[1] == op->Uid && ids[2] == op->Uid;
        result = memory->Kernel.Call(SYS_getresgid, (nint)ids, (nint)(ids + 1), (nint)(ids + 2));
        if (result < 0)
        {
            return result;
        }

        same &= ids[0] == op->Gid && ids[1] == op->Gid && ids[2] == op->Gid;
        var header = (CapabilityHeader*)memory->Scratch;
        header->Version = LINUX_CAPABILITY_VERSION_3;
        header->Pid = 0;
        var data = (CapabilityData*)(memory->Scratch + 16);
        result = memory->Kernel.Call(SYS_capget, (nint)header, (nint)data);
        if (result < 0)
        {
            return result;
        }

        same &= data->EffectiveLow == (uint)op->Effective && data->EffectiveHigh == (uint)(op->Effective >> 32);
        same &= data->PermittedLow == (uint)op->Permitted && data->PermittedHigh == (uint)(op->Permitted >> 32);
        same &= data->InheritableLow == (uint)op->Inheritable && data->InheritableHigh == (uint)(op->Inheritable >> 32);
        return same ? 0 : -(nint)Errno.EPERM;
    }

    internal static nint ProcessControl(ChildMemory* memory, ProcessControlOp* op) =>
        memory->Kernel.Call(SYS_prctl, op->Option, (nint)op->Value);

    /// <remarks>The descriptor of a listener is closed by execve(2).</remarks>
    internal static nint InstallFilter(ChildMemory* memory, InstallFilterOp* op)
    {
        var program = (SocketFilterProgram*)memory->Scratch;
        program->Length = (ushort)op->Count;
        program->Filter = (nint)(memory->Text + op->Offset);
        nint result = memory->Kernel.Call(SYS_seccomp, SeccompAbi.SECCOMP_SET_MODE_FILTER, (nint)op->Flags, (nint)program);
        return op->Listener == FdSlot.Cwd ? result : ChildMemory.Keep(memory, op->Listener, result);
    }
}
