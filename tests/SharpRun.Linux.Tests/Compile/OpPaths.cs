using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;

namespace SharpRun.Linux.Tests.Compile;

/// <summary>How an op finds the file that it works on.</summary>
internal enum PathUse
{
    /// <summary>It has no path.</summary>
    None,

    /// <summary>One name in an open directory.</summary>
    Name,

    /// <summary>A path below an open directory, that no link leads out of.</summary>
    Below,

    /// <summary>A path from the process's root or current directory: whatever stands there.</summary>
    Process,
}

/// <summary>The paths of ops: for each op, what it names and from where.</summary>
/// <remarks>Every code has its row: a new op is not safe until somebody has said why.</remarks>
internal static class OpPaths
{
    // What makes a lookup below a directory safe: one of the first two, and the third.
    private const ulong Confined = FileAbi.RESOLVE_IN_ROOT | FileAbi.RESOLVE_BENEATH;

    private static readonly Dictionary<OpCode, PathUse> Table = new()
    {
        [OpCode.Unshare] = PathUse.None, [OpCode.SetNamespace] = PathUse.None, [OpCode.SetHostname] = PathUse.None,
        [OpCode.SetDomainname] = PathUse.None, [OpCode.LoopbackUp] = PathUse.None, [OpCode.NewSession] = PathUse.None,
        [OpCode.ChangeNetDevice] = PathUse.None, [OpCode.GrantKeyring] = PathUse.None,
        [OpCode.JoinKeyring] = PathUse.None, [OpCode.OpenHost] = PathUse.Process, [OpCode.OpenInRoot] = PathUse.Below,
        [OpCode.Close] = PathUse.None, [OpCode.MakePlace] = PathUse.Below, [OpCode.MakeDirectory] = PathUse.Name,
        [OpCode.MakeNode] = PathUse.Name, [OpCode.MakeSymlink] = PathUse.Name, [OpCode.Unlink] = PathUse.Name,
        [OpCode.ChangeOwner] = PathUse.None, [OpCode.WriteText] = PathUse.None, [OpCode.VerifyNode] = PathUse.None,
        [OpCode.VerifyFileSystem] = PathUse.None, [OpCode.Reopen] = PathUse.None, [OpCode.ChangeDirectory] = PathUse.Process,
        [OpCode.ChangeDirectoryTo] = PathUse.None, [OpCode.VerifyDirectory] = PathUse.None, [OpCode.SetUmask] = PathUse.None,
        [OpCode.Duplicate] = PathUse.None, [OpCode.CloseOthers] = PathUse.None, [OpCode.KeepOpen] = PathUse.None,
        [OpCode.UnlockTerminal] = PathUse.None, [OpCode.OpenPeer] = PathUse.None, [OpCode.SetWindowSize] = PathUse.None,
        [OpCode.TakeTerminal] = PathUse.None, [OpCode.SendDescriptor] = PathUse.None, [OpCode.OpenTree] = PathUse.Process,
        [OpCode.MoveMount] = PathUse.Process, [OpCode.SetMountAttributes] = PathUse.Process, [OpCode.OpenFileSystem] = PathUse.None,
        [OpCode.ConfigureFileSystem] = PathUse.None, [OpCode.InheritMode] = PathUse.None, [OpCode.MountFileSystem] = PathUse.None,
        // Onto a register; the source and the data are the configuration's, for the filesystem to read.
        [OpCode.Mount] = PathUse.None,
        // Its path is for the message; the file is that of the register.
        [OpCode.VerifyPlace] = PathUse.None, [OpCode.PickFileSystem] = PathUse.None, [OpCode.TakeMount] = PathUse.None,
        [OpCode.PivotRoot] = PathUse.None, [OpCode.ChangeRoot] = PathUse.None, [OpCode.Unmount] = PathUse.Process,
        [OpCode.SetGroups] = PathUse.None, [OpCode.SetGroup] = PathUse.None, [OpCode.SetUser] = PathUse.None,
        [OpCode.DropBoundingSet] = PathUse.None, [OpCode.SetCapabilities] = PathUse.None, [OpCode.RaiseAmbientSet] = PathUse.None,
        [OpCode.VerifyIdentity] = PathUse.None, [OpCode.ProcessControl] = PathUse.None, [OpCode.InstallFilter] = PathUse.None, [OpCode.SetLimit] = PathUse.None,
        [OpCode.SetScheduler] = PathUse.None, [OpCode.SetAffinity] = PathUse.None, [OpCode.SetIoPriority] = PathUse.None,
        [OpCode.SetMemoryPolicy] = PathUse.None, [OpCode.SetPersonality] = PathUse.None, [OpCode.SetFileLabel] = PathUse.None,
        [OpCode.TellDescriptor] = PathUse.None, [OpCode.CreateRuleset] = PathUse.None, [OpCode.AllowPath] = PathUse.None,
        [OpCode.AllowPort] = PathUse.None, [OpCode.RestrictSelf] = PathUse.None,
        [OpCode.ResetSignals] = PathUse.None, [OpCode.UnblockSignals] = PathUse.None, [OpCode.Report] = PathUse.None,
        [OpCode.AwaitGo] = PathUse.None, [OpCode.WaitForStart] = PathUse.None, [OpCode.FindProgram] = PathUse.Process,
        // The program that FindProgram has found.
        [OpCode.LookUpHome] = PathUse.Process, [OpCode.Execute] = PathUse.None, [OpCode.CloneSelf] = PathUse.None,
    };

    /// <summary>Codes without a row.</summary>
    internal static IEnumerable<OpCode> Missing => Enum.GetValues<OpCode>().Except(Table.Keys);

    /// <summary>What is wrong with the way the reader's op names its file, or null.</summary>
    internal static string? Fault(PlanReader op) => !Table.TryGetValue(op.Header.Code, out PathUse use) ? "has no row" : use switch
    {
        PathUse.Name => NameFault(op),
        PathUse.Below => BelowFault(op),
        PathUse.Process => ProcessFault(op),
        _ => null,
    };

    /// <summary>The paths that the reader's op takes from the process's root or directory.</summary>
    internal static string[] FromProcess(PlanReader op)
    {
        (FdSlot from, TextRef path) = Place(op);
        return Table.GetValueOrDefault(op.Header.Code) != PathUse.Process || from != FdSlot.Cwd ? []
            : op.Header.Code == OpCode.FindProgram ? op.Texts(op.As<FindProgramOp>().Candidates)
            : [op.Text(path) ?? ""];
    }

    private static string? NameFault(PlanReader op)
    {
        string name = op.Text(OpFacts.Of(op).Texts[0]) ?? "";
        return name is "" or "." or ".." || name.Contains('/', StringComparison.Ordinal) ? $"\"{name}\" is not one name" : null;
    }

    private static string? BelowFault(PlanReader op)
    {
        (FdSlot root, ulong resolve) = op.Header.Code == OpCode.MakePlace
            ? (op.As<MakePlaceOp>().Root, op.As<MakePlaceOp>().Resolve)
            : (op.As<OpenInRootOp>().Root, op.As<OpenInRootOp>().Resolve);
        return root < 0 ? "below no descriptor"
            : (resolve & Confined) == 0 ? "a link leads out"
            : (resolve & FileAbi.RESOLVE_NO_MAGICLINKS) == 0 ? "a magic link leads out"
            : null;
    }

    /// <summary>With a descriptor there is no path at all.</summary>
    private static string? ProcessFault(PlanReader op)
    {
        (FdSlot from, TextRef path) = Place(op);
        return from != FdSlot.Cwd && path.Length > 0 ? $"\"{op.Text(path)}\" from a descriptor, where links are followed" : null;
    }

    private static (FdSlot From, TextRef Path) Place(PlanReader op) => op.Header.Code switch
    {
        OpCode.OpenTree => (op.As<OpenTreeOp>().Directory, op.As<OpenTreeOp>().Path),
        OpCode.MoveMount => (op.As<MoveMountOp>().Target, op.As<MoveMountOp>().Path),
        OpCode.SetMountAttributes => (op.As<SetMountAttributesOp>().Mount, op.As<SetMountAttributesOp>().Path),
        OpCode.OpenHost => (FdSlot.Cwd, op.As<OpenHostOp>().Path),
        OpCode.ChangeDirectory => (FdSlot.Cwd, op.As<PathOp>().Path),
        OpCode.Unmount => (FdSlot.Cwd, op.As<UnmountOp>().Path),
        OpCode.LookUpHome => (FdSlot.Cwd, op.As<LookUpHomeOp>().Path),
        _ => (FdSlot.Cwd, default),
    };
}
