using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.BpfAbi;

namespace SharpRun.Linux.Cgroups;

/// <summary>The device filter of a cgroup: <c>linux.resources.devices</c> as an eBPF program.</summary>
/// <remarks>
/// Always one, also without rules: a container may use nothing but the default devices. With the default to deny, an access
/// passes when one exception covers all of it; with the default to allow, it fails when an exception covers any of it. So it
/// is in cgroup v1, and it keeps somebody who may not write from opening for reading and writing.
/// </remarks>
internal sealed class DeviceProgram
{
    private const byte Verdict = BPF_REG_0;
    private const byte Context = BPF_REG_1;
    private const byte Type = BPF_REG_2;
    private const byte Access = BPF_REG_3;
    private const byte Major = BPF_REG_4;
    private const byte Minor = BPF_REG_5;
    private const DeviceAccess Everything = DeviceAccess.Read | DeviceAccess.Write | DeviceAccess.Mknod;

    private readonly bool _allowedByDefault;
    private readonly List<BpfInstruction> _code = [];

    // Until the end, a jump has the number of its label as offset; here is where each label is.
    private readonly List<int> _labels = [];
    private readonly int _default;
    private readonly int _exception;

    private DeviceProgram(bool allowedByDefault)
    {
        _allowedByDefault = allowedByDefault;
        _default = NewLabel();
        _exception = NewLabel();
    }

    /// <summary>Makes the program of a container and attaches it to its cgroup.</summary>
    /// <param name="cgroupFd">The directory of the cgroup.</param>
    /// <param name="resources">The limits; null for none.</param>
    /// <param name="devices">The container's own devices, <c>linux.devices</c>.</param>
    /// <exception cref="LinuxException">The rules contradict each other or are too many, or the kernel refuses the program.</exception>
    /// <returns>The program, for <see cref="Bpf.DetachDeviceProgram"/>; closing it leaves it attached.</returns>
    internal static OwnedFd Attach(int cgroupFd, ResourcesSpec? resources, IReadOnlyList<DeviceSpec> devices)
    {
        BpfInstruction[] code = Compile(DeviceRules.Of(resources?.Devices ?? [], devices));
        OwnedFd program = Bpf.LoadDeviceProgram(code, "sharprun_device"u8);
        try
        {
            Bpf.AttachDeviceProgram(cgroupFd, program);
            return program;
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }

    /// <summary>The instructions for a list. Pure.</summary>
    /// <remarks>
    /// The exceptions are sorted, wildcards last, and an access that is found under its own major number goes on with the
    /// wildcards alone. It is not the length that asks for this but the verifier: it follows what is known of each register,
    /// and in a flat list that would be all later entries again for each number.
    /// </remarks>
    internal static BpfInstruction[] Compile(DeviceRules rules)
    {
        var program = new DeviceProgram(rules.AllowedByDefault);
        var exceptions = new KeyValuePair<DeviceKey, DeviceAccess>[rules.Exceptions.Count];
        rules.Exceptions.CopyTo(exceptions, 0);
        if (exceptions.Length > 0)
        {
            program.LoadContext();
        }

        for (int start = 0; start < exceptions.Length;)
        {
            int end = start + 1;
            while (end < exceptions.Length && exceptions[end].Key.Type == exceptions[start].Key.Type)
            {
                end++;
            }

            program.OfOneType(exceptions.AsSpan(start, end - start));
            start = end;
        }

        program.Mark(program._default);
        program.Return(rules.AllowedByDefault);
        if (exceptions.Length > 0)
        {
            program.Mark(program._exception);
            program.Return(!rules.AllowedByDefault);
        }

        return program.Link();
    }

    /// <summary>struct bpf_cgroup_dev_ctx: the access in the upper half and the type in the lower; major; minor.</summary>
    private void LoadContext()
    {
        Emit(BPF_LDX | BPF_MEM | BPF_W, Type, Context, 0, 0);
        Emit(BPF_ALU64 | BPF_MOV | BPF_X, Access, Type, 0, 0);
        Emit(BPF_ALU64 | BPF_RSH | BPF_K, Access, 0, 0, 16);
        Emit(BPF_ALU64 | BPF_AND | BPF_K, Type, 0, 0, 0xffff);
        Emit(BPF_LDX | BPF_MEM | BPF_W, Major, Context, 4, 0);
        Emit(BPF_LDX | BPF_MEM | BPF_W, Minor, Context, 8, 0);
    }

    private void OfOneType(ReadOnlySpan<KeyValuePair<DeviceKey, DeviceAccess>> exceptions)
    {
        int otherType = NewLabel();
        int anyMajor = NewLabel();
        Jump(BPF_JNE, Type, exceptions[0].Key.Type == DeviceType.Block ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR, otherType);
        int start = 0;
        while (start < exceptions.Length && exceptions[start].Key.Major is not DeviceKey.Any and var major)
        {
            int end = start + 1;
            while (end < exceptions.Length && exceptions[end].Key.Major == major)
            {
                end++;
            }

            int otherMajor = NewLabel();
            Jump(BPF_JNE, Major, major, otherMajor);
            OfOneMajor(exceptions[start..end], anyMajor);
            Mark(otherMajor);
            start = end;
        }

        Mark(anyMajor);
        OfOneMajor(exceptions[start..], _default);
        Mark(otherType);
    }

    /// <summary>Looks for the minor number; goes on at <paramref name="notFound"/> when no exception decides.</summary>
    private void OfOneMajor(ReadOnlySpan<KeyValuePair<DeviceKey, DeviceAccess>> exceptions, int notFound)
    {
        int anyMinor = NewLabel();
        bool hasAnyMinor = false;
        foreach ((DeviceKey key, DeviceAccess access) in exceptions)
        {
            if (key.Minor == DeviceKey.Any)
            {
                hasAnyMinor = true;
                Mark(anyMinor);
                Decide(access, notFound);
            }
            else if (access == Everything && !_allowedByDefault)
            {
                Jump(BPF_JEQ, Minor, key.Minor, _exception);
            }
            else
            {
                int otherMinor = NewLabel();
                Jump(BPF_JNE, Minor, key.Minor, otherMinor);
                Decide(access, anyMinor);
                Mark(otherMinor);
            }
        }

        if (!hasAnyMinor)
        {
            Mark(anyMinor);
            Jump(BPF_JA, 0, 0, notFound);
        }
    }

    /// <summary>The device is the exception's: is the access?</summary>
    private void Decide(DeviceAccess access, int otherwise)
    {
        if (_allowedByDefault)
        {
            Jump(BPF_JSET, Access, (uint)access, _exception);
            Jump(BPF_JA, 0, 0, otherwise);
            return;
        }

        if (access != Everything)
        {
            Jump(BPF_JSET, Access, (uint)(Everything & ~access), otherwise);
        }

        Jump(BPF_JA, 0, 0, _exception);
    }

    private void Return(bool allowed)
    {
        Emit(BPF_ALU64 | BPF_MOV | BPF_K, Verdict, 0, 0, allowed ? 1 : 0);
        Emit(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
    }

    private int NewLabel()
    {
        _labels.Add(-1);
        return _labels.Count - 1;
    }

    private void Mark(int label) => _labels[label] = _code.Count;

    private void Jump(byte operation, byte register, uint value, int label) =>
        Emit((byte)(BPF_JMP | operation | BPF_K), register, 0, (short)label, (int)value);

    private void Emit(byte code, byte destination, byte source, short offset, int immediate)
    {
        // Also keeps the labels few enough for an offset: each has an instruction of its own, but for a few.
        if (_code.Count == BPF_MAXINSNS)
        {
            throw new LinuxException($"linux.resources.devices: too many rules: the device program is longer than {BPF_MAXINSNS} instructions");
        }

        _code.Add(new BpfInstruction(code, (byte)(destination | (source << 4)), offset, immediate));
    }

    /// <summary>Puts distances in the place of labels.</summary>
    private BpfInstruction[] Link()
    {
        BpfInstruction[] code = [.. _code];
        for (int i = 0; i < code.Length; i++)
        {
            if ((code[i].Code & 0x07) == BPF_JMP && code[i].Code != (BPF_JMP | BPF_EXIT))
            {
                code[i] = code[i] with { Offset = (short)(_labels[code[i].Offset] - i - 1) };
            }
        }

        return code;
    }
}
