using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SharpRun.Linux.Plan;

/// <summary>What an op refers to: the facts that the verifier checks, taken from its fields in one place.</summary>
internal struct OpFacts
{
    private InlineFour<TextRef> _texts;
    private InlineFour<FdSlot> _uses;
    private int _textCount;
    private int _useCount;

    /// <summary>Size that the op must have; 0 for an unknown code.</summary>
    internal int Size { get; private set; }

    /// <summary>Texts that must not be null.</summary>
    [UnscopedRef]
    internal ReadOnlySpan<TextRef> Texts => ((ReadOnlySpan<TextRef>)_texts)[.._textCount];

    /// <summary>Texts that may be null.</summary>
    internal TextRef Optional { get; private set; }

    /// <summary>Registers that must hold a descriptor.</summary>
    [UnscopedRef]
    internal ReadOnlySpan<FdSlot> Uses => ((ReadOnlySpan<FdSlot>)_uses)[.._useCount];

    /// <summary>The register that success fills; Cwd for none.</summary>
    internal FdSlot Sets { get; private set; } = FdSlot.Cwd;

    /// <summary>The register that is empty afterwards; Cwd for none.</summary>
    internal FdSlot Clears { get; private set; } = FdSlot.Cwd;

    /// <summary>How many of the registers that the launcher fills must hold a descriptor.</summary>
    internal int Given { get; private set; }

    /// <summary>First list of texts.</summary>
    internal TextList List { get; private set; }

    /// <summary>Second list of texts.</summary>
    internal TextList SecondList { get; private set; }

    /// <summary>Bytes of other data in the text region, and where.</summary>
    internal (int Offset, int Length) Data { get; private set; }

    public OpFacts()
    {
    }

    /// <summary>The facts of the reader's current op.</summary>
    internal static OpFacts Of(PlanReader op)
    {
        switch (op.Header.Code)
        {
            case OpCode.Unshare: return Sized<UnshareOp>();
            case OpCode.SetNamespace: return Sized<SetNamespaceOp>().Using(op.As<SetNamespaceOp>().Namespace);
            case OpCode.SetHostname or OpCode.SetDomainname or OpCode.JoinKeyring: return Sized<SetNameOp>().With(op.As<SetNameOp>().Name);
            case OpCode.LoopbackUp or OpCode.NewSession or OpCode.VerifyDirectory or OpCode.PivotRoot or OpCode.ChangeRoot or OpCode.ResetSignals or OpCode.UnblockSignals:
                return Sized<PlainOp>();
            case OpCode.ChangeNetDevice:
                ChangeNetDeviceOp change = op.As<ChangeNetDeviceOp>();
                bool fits = change.Name.Length < Abi.NetlinkAbi.IFNAMSIZ && change.Length is >= ChangeNetDeviceOp.MinLength and <= ChangeNetDeviceOp.MaxLength;
                return Sized<ChangeNetDeviceOp>().With(change.Name) with { Data = (change.Offset, fits ? change.Length : -1) };
            case OpCode.CloneSelf: return Sized<CloneSelfOp>().Using(FdSlot.Sync);
            case OpCode.AwaitGo: return Sized<PlainOp>().Using(FdSlot.Sync);
            case OpCode.WaitForStart: return Sized<PlainOp>().Using(FdSlot.StartFifo);
            case OpCode.Report: return Sized<NumberOp>().Using(FdSlot.Sync);
            case OpCode.SetUmask or OpCode.SetGroup or OpCode.SetUser or OpCode.DropBoundingSet or OpCode.RaiseAmbientSet
                or OpCode.GrantKeyring or OpCode.SetIoPriority or OpCode.SetPersonality:
                return Sized<NumberOp>();
            case OpCode.OpenHost:
                OpenHostOp host = op.As<OpenHostOp>();
                return Sized<OpenHostOp>().With(host.Path).Setting(host.Result);
            case OpCode.OpenInRoot:
                OpenInRootOp open = op.As<OpenInRootOp>();
                return Sized<OpenInRootOp>().Using(open.Root).With(open.Path).Setting(open.Result);
            case OpCode.MakePlace:
                MakePlaceOp place = op.As<MakePlaceOp>();
                return Sized<MakePlaceOp>().Using(place.Root).UsingPath(place.Like).With(place.Path).Setting(place.Result);
            case OpCode.Close:
                FdSlot closed = op.As<FdOp>().Fd;
                return Sized<FdOp>().Using(closed) with { Clears = closed };
            case OpCode.ChangeDirectoryTo: return Sized<FdOp>().Using(op.As<FdOp>().Fd);
            case OpCode.MakeDirectory or OpCode.MakeNode:
                MakeNodeOp node = op.As<MakeNodeOp>();
                return Sized<MakeNodeOp>().Using(node.Directory).With(node.Name);
            case OpCode.MakeSymlink:
                MakeSymlinkOp link = op.As<MakeSymlinkOp>();
                return Sized<MakeSymlinkOp>().Using(link.Directory).With(link.Name).With(link.LinkTarget);
            case OpCode.Unlink: return Sized<UnlinkOp>().Using(op.As<UnlinkOp>().Directory).With(op.As<UnlinkOp>().Name);
            case OpCode.ChangeOwner: return Sized<ChangeOwnerOp>().Using(op.As<ChangeOwnerOp>().Fd);
            case OpCode.WriteText: return Sized<WriteTextOp>().Using(op.As<WriteTextOp>().Fd).With(op.As<WriteTextOp>().Text);
            case OpCode.SetFileLabel:
                return Sized<SetFileLabelOp>().Using(op.As<SetFileLabelOp>().Fd).With(op.As<SetFileLabelOp>().Name).With(op.As<SetFileLabelOp>().Label);
            case OpCode.VerifyNode: return Sized<VerifyNodeOp>().Using(op.As<VerifyNodeOp>().Fd);
            case OpCode.VerifyFileSystem: return Sized<VerifyFileSystemOp>().Using(op.As<VerifyFileSystemOp>().Fd);
            case OpCode.Reopen:
                ReopenOp reopen = op.As<ReopenOp>();
                return Sized<ReopenOp>().Using(reopen.Descriptors).Using(reopen.Fd).Setting(reopen.Result);
            case OpCode.UnlockTerminal or OpCode.TakeTerminal: return Sized<FdOp>().Using(op.As<FdOp>().Fd);
            case OpCode.OpenPeer: return Sized<OpenPeerOp>().Using(op.As<OpenPeerOp>().Terminal).Setting(op.As<OpenPeerOp>().Result);
            case OpCode.SetWindowSize: return Sized<SetWindowSizeOp>().Using(op.As<SetWindowSizeOp>().Terminal);
            case OpCode.TellDescriptor: return Sized<SendDescriptorOp>().Using(FdSlot.Sync).Using(op.As<SendDescriptorOp>().Fd);
            case OpCode.SendDescriptor: return Sized<SendDescriptorOp>().Using(FdSlot.Sync).Using(op.As<SendDescriptorOp>().Fd);
            case OpCode.KeepOpen: return Sized<KeepOpenOp>();
            case OpCode.ChangeDirectory: return Sized<PathOp>().With(op.As<PathOp>().Path);
            case OpCode.Duplicate: return Sized<DuplicateOp>().Using(op.As<DuplicateOp>().Fd).Setting(op.As<DuplicateOp>().Fd);
            case OpCode.CloseOthers:
                CloseOthersOp others = op.As<CloseOthersOp>();
                return Sized<CloseOthersOp>().Using(others.Keep).UsingPath(others.KeepToo) with { Given = others.KeepGiven };
            case OpCode.OpenTree:
                OpenTreeOp tree = op.As<OpenTreeOp>();
                return Sized<OpenTreeOp>().UsingPath(tree.Directory).With(tree.Path).Setting(tree.Result);
            case OpCode.MoveMount:
                MoveMountOp move = op.As<MoveMountOp>();
                return Sized<MoveMountOp>().Using(move.Mount).UsingPath(move.Target).With(move.Path);
            case OpCode.SetMountAttributes:
                SetMountAttributesOp set = op.As<SetMountAttributesOp>();
                return Sized<SetMountAttributesOp>().UsingPath(set.Mount).With(set.Path);
            case OpCode.OpenFileSystem:
                return Sized<OpenFileSystemOp>().With(op.As<OpenFileSystemOp>().Type).Setting(op.As<OpenFileSystemOp>().Result);
            case OpCode.ConfigureFileSystem:
                ConfigureFileSystemOp configure = op.As<ConfigureFileSystemOp>();
                OpFacts facts = Sized<ConfigureFileSystemOp>().Using(configure.FileSystem);
                facts.Optional = configure.Value;
                return configure.Command is Abi.MountAbi.FSCONFIG_CMD_CREATE or Abi.MountAbi.FSCONFIG_CMD_RECONFIGURE ? facts : facts.With(configure.Key);
            case OpCode.InheritMode: return Sized<InheritModeOp>().Using(op.As<InheritModeOp>().FileSystem).Using(op.As<InheritModeOp>().Directory);
            case OpCode.MountFileSystem:
                return Sized<MountFileSystemOp>().Using(op.As<MountFileSystemOp>().FileSystem).Setting(op.As<MountFileSystemOp>().Result);
            case OpCode.Mount:
                MountOp old = op.As<MountOp>();
                return Sized<MountOp>().Using(old.Target).With(old.Source).With(old.Type).With(old.Data);
            case OpCode.VerifyPlace: return Sized<VerifyPlaceOp>().Using(op.As<VerifyPlaceOp>().Fd).Using(FdSlot.Rootfs).With(op.As<VerifyPlaceOp>().Path);
            case OpCode.PickFileSystem:
                return Sized<PickFileSystemOp>().Using(op.As<PickFileSystemOp>().Mount).Setting(op.As<PickFileSystemOp>().Result);
            case OpCode.TakeMount:
                return Sized<TakeMountOp>().Using(FdSlot.Sync).With(op.As<TakeMountOp>().Source).Setting(op.As<TakeMountOp>().Result);
            case OpCode.Unmount: return Sized<UnmountOp>().With(op.As<UnmountOp>().Path);
            case OpCode.SetGroups:
                SetGroupsOp groups = op.As<SetGroupsOp>();
                return Sized<SetGroupsOp>() with { Data = (groups.Offset, groups.Count * sizeof(uint)) };
            case OpCode.SetCapabilities: return Sized<SetCapabilitiesOp>();
            case OpCode.VerifyIdentity: return Sized<VerifyIdentityOp>();
            case OpCode.ProcessControl: return Sized<ProcessControlOp>();
            case OpCode.InstallFilter:
                InstallFilterOp filter = op.As<InstallFilterOp>();
                return Sized<InstallFilterOp>().Setting(filter.Listener) with { Data = (filter.Offset, (uint)filter.Count > Abi.BpfAbi.BPF_MAXINSNS ? -1 : filter.Count * Unsafe.SizeOf<Abi.SocketFilter>()) };
            case OpCode.SetScheduler: return Sized<SetSchedulerOp>();
            case OpCode.SetAffinity:
                return Sized<SetAffinityOp>() with { Data = (op.As<SetAffinityOp>().Offset, op.As<SetAffinityOp>().Length) };
            case OpCode.SetMemoryPolicy:
                return Sized<SetMemoryPolicyOp>() with { Data = (op.As<SetMemoryPolicyOp>().Offset, op.As<SetMemoryPolicyOp>().Length) };
            case OpCode.CreateRuleset:
                return Sized<CreateRulesetOp>().Setting(FdSlot.Ruleset) with { Optional = op.As<CreateRulesetOp>().Dropped };
            case OpCode.AllowPath: return Sized<AllowPathOp>().Using(FdSlot.Ruleset).Using(op.As<AllowPathOp>().Fd);
            case OpCode.AllowPort: return Sized<AllowPortOp>().Using(FdSlot.Ruleset);
            case OpCode.RestrictSelf: return Sized<PlainOp>().Using(FdSlot.Ruleset);
            case OpCode.SetLimit: return Sized<SetLimitOp>();
            case OpCode.FindProgram: return Sized<FindProgramOp>().With(op.As<FindProgramOp>().Name) with { List = op.As<FindProgramOp>().Candidates };
            case OpCode.LookUpHome: return Sized<LookUpHomeOp>().With(op.As<LookUpHomeOp>().Path);
            case OpCode.Execute:
                ExecuteOp execute = op.As<ExecuteOp>();
                return Sized<ExecuteOp>() with { List = execute.Arguments, SecondList = execute.Environment };
            default: return new OpFacts();
        }
    }

    /// <summary>The size of an op; 0 for an unknown code.</summary>
    internal static int SizeOf(OpCode code)
    {
        // Facts of an op whose fields are all zero: its size is the same.
        Span<byte> zeroes = stackalloc byte[256];
        return Of(new PlanReader(zeroes, new OpHeader { Code = code, Size = 128 })).Size;
    }

    private static OpFacts Sized<T>() => new() { Size = Unsafe.SizeOf<T>() };

    private OpFacts With(TextRef text)
    {
        OpFacts facts = this;
        facts._texts[facts._textCount++] = text;
        return facts;
    }

    private OpFacts Using(FdSlot slot)
    {
        OpFacts facts = this;
        facts._uses[facts._useCount++] = slot;
        return facts;
    }

    /// <summary>A register before a path; Cwd stands for a host path.</summary>
    private OpFacts UsingPath(FdSlot slot) => slot == FdSlot.Cwd ? this : Using(slot);

    private OpFacts Setting(FdSlot slot) => this with { Sets = slot };

    [InlineArray(4)]
    private struct InlineFour<T>
    {
        private T _first;
    }
}
