using SharpRun.Linux.Plan;

namespace SharpRun.Linux.Child;

/// <summary>The loop and the switch: one op after the other, along the edges that the compiler drew.</summary>
[NoGc]
internal static unsafe class Interpreter
{
    /// <summary>Runs a verified plan. Answers the negated errno of the step that failed; after success the process is another program.</summary>
    internal static nint Run(ChildMemory* memory)
    {
        int offset = 0;
        while (true)
        {
            var op = (OpHeader*)(memory->Ops + offset);
            *memory->Progress = op->Step;
            nint result = Perform(memory, op);
            int edge = op->OnSuccess;
            if (result < 0)
            {
                if (result < -63 || ((op->Tolerated >> (int)-result) & 1) == 0)
                {
                    return result;
                }

                edge = op->OnError;
            }

            offset = edge != 0 ? edge : offset + op->Size;
        }
    }

    private static nint Perform(ChildMemory* memory, OpHeader* op)
    {
        switch (op->Code)
        {
            case OpCode.Unshare: return NamespaceSteps.Unshare(memory, (UnshareOp*)op);
            case OpCode.SetNamespace: return NamespaceSteps.SetNamespace(memory, (SetNamespaceOp*)op);
            case OpCode.CloneSelf: return SyncSteps.CloneSelf(memory, (CloneSelfOp*)op);
            case OpCode.SetHostname: return NamespaceSteps.SetHostname(memory, (SetNameOp*)op);
            case OpCode.SetDomainname: return NamespaceSteps.SetDomainname(memory, (SetNameOp*)op);
            case OpCode.LoopbackUp: return NamespaceSteps.LoopbackUp(memory);
            case OpCode.ChangeNetDevice: return NetDeviceSteps.ChangeNetDevice(memory, (ChangeNetDeviceOp*)op);
            case OpCode.NewSession: return IdentitySteps.NewSession(memory);
            case OpCode.JoinKeyring: return IdentitySteps.JoinKeyring(memory, (SetNameOp*)op);
            case OpCode.GrantKeyring: return IdentitySteps.GrantKeyring(memory, (NumberOp*)op);
            case OpCode.OpenHost: return FileSteps.OpenHost(memory, (OpenHostOp*)op);
            case OpCode.OpenInRoot: return FileSteps.OpenInRoot(memory, (OpenInRootOp*)op);
            case OpCode.MakePlace: return PlaceSteps.MakePlace(memory, (MakePlaceOp*)op);
            case OpCode.Close: return FileSteps.Close(memory, (FdOp*)op);
            case OpCode.MakeDirectory: return FileSteps.MakeDirectory(memory, (MakeNodeOp*)op);
            case OpCode.MakeNode: return FileSteps.MakeNode(memory, (MakeNodeOp*)op);
            case OpCode.MakeSymlink: return FileSteps.MakeSymlink(memory, (MakeSymlinkOp*)op);
            case OpCode.Unlink: return FileSteps.Unlink(memory, (UnlinkOp*)op);
            case OpCode.ChangeOwner: return FileSteps.ChangeOwner(memory, (ChangeOwnerOp*)op);
            case OpCode.WriteText: return FileSteps.WriteText(memory, (WriteTextOp*)op);
            case OpCode.SetFileLabel: return FileSteps.SetFileLabel(memory, (SetFileLabelOp*)op);
            case OpCode.VerifyNode: return FileSteps.VerifyNode(memory, (VerifyNodeOp*)op);
            case OpCode.VerifyFileSystem: return FileSteps.VerifyFileSystem(memory, (VerifyFileSystemOp*)op);
            case OpCode.Reopen: return FileSteps.Reopen(memory, (ReopenOp*)op);
            case OpCode.KeepOpen: return FileSteps.KeepOpen(memory, (KeepOpenOp*)op);
            case OpCode.UnlockTerminal: return TerminalSteps.UnlockTerminal(memory, (FdOp*)op);
            case OpCode.OpenPeer: return TerminalSteps.OpenPeer(memory, (OpenPeerOp*)op);
            case OpCode.SetWindowSize: return TerminalSteps.SetWindowSize(memory, (SetWindowSizeOp*)op);
            case OpCode.TakeTerminal: return TerminalSteps.TakeTerminal(memory, (FdOp*)op);
            case OpCode.SendDescriptor: return TerminalSteps.SendDescriptor(memory, (SendDescriptorOp*)op);
            case OpCode.TellDescriptor: return SyncSteps.TellDescriptor(memory, (SendDescriptorOp*)op);
            case OpCode.ChangeDirectory: return FileSteps.ChangeDirectory(memory, (PathOp*)op);
            case OpCode.ChangeDirectoryTo: return FileSteps.ChangeDirectoryTo(memory, (FdOp*)op);
            case OpCode.VerifyDirectory: return FileSteps.VerifyDirectory(memory);
            case OpCode.SetUmask: return FileSteps.SetUmask(memory, (NumberOp*)op);
            case OpCode.Duplicate: return FileSteps.Duplicate(memory, (DuplicateOp*)op);
            case OpCode.CloseOthers: return FileSteps.CloseOthers(memory, (CloseOthersOp*)op);
            case OpCode.OpenTree: return MountSteps.OpenTree(memory, (OpenTreeOp*)op);
            case OpCode.MoveMount: return MountSteps.MoveMount(memory, (MoveMountOp*)op);
            case OpCode.SetMountAttributes: return MountSteps.SetMountAttributes(memory, (SetMountAttributesOp*)op);
            case OpCode.OpenFileSystem: return MountSteps.OpenFileSystem(memory, (OpenFileSystemOp*)op);
            case OpCode.ConfigureFileSystem: return MountSteps.ConfigureFileSystem(memory, (ConfigureFileSystemOp*)op);
            case OpCode.InheritMode: return MountSteps.InheritMode(memory, (InheritModeOp*)op);
            case OpCode.MountFileSystem: return MountSteps.MountFileSystem(memory, (MountFileSystemOp*)op);
            case OpCode.Mount: return MountSteps.Mount(memory, (MountOp*)op);
            case OpCode.PickFileSystem: return MountSteps.PickFileSystem(memory, (PickFileSystemOp*)op);
            case OpCode.TakeMount: return SyncSteps.TakeMount(memory, (TakeMountOp*)op);
            case OpCode.VerifyPlace: return PlaceSteps.VerifyPlace(memory, (VerifyPlaceOp*)op);
            case OpCode.PivotRoot: return MountSteps.PivotRoot(memory);
            case OpCode.ChangeRoot: return MountSteps.ChangeRoot(memory);
            case OpCode.Unmount: return MountSteps.Unmount(memory, (UnmountOp*)op);
            case OpCode.SetGroups: return IdentitySteps.SetGroups(memory, (SetGroupsOp*)op);
            case OpCode.SetGroup: return IdentitySteps.SetGroup(memory, (NumberOp*)op);
            case OpCode.SetUser: return IdentitySteps.SetUser(memory, (NumberOp*)op);
            case OpCode.DropBoundingSet: return IdentitySteps.DropBoundingSet(memory, (NumberOp*)op);
            case OpCode.SetCapabilities: return IdentitySteps.SetCapabilities(memory, (SetCapabilitiesOp*)op);
            case OpCode.RaiseAmbientSet: return IdentitySteps.RaiseAmbientSet(memory, (NumberOp*)op);
            case OpCode.VerifyIdentity: return IdentitySteps.VerifyIdentity(memory, (VerifyIdentityOp*)op);
            case OpCode.ProcessControl: return IdentitySteps.ProcessControl(memory, (ProcessControlOp*)op);
            case OpCode.InstallFilter: return IdentitySteps.InstallFilter(memory, (InstallFilterOp*)op);
            case OpCode.SetScheduler: return SchedulingSteps.SetScheduler(memory, (SetSchedulerOp*)op);
            case OpCode.SetAffinity: return SchedulingSteps.SetAffinity(memory, (SetAffinityOp*)op);
            case OpCode.SetIoPriority: return SchedulingSteps.SetIoPriority(memory, (NumberOp*)op);
            case OpCode.SetMemoryPolicy: return SchedulingSteps.SetMemoryPolicy(memory, (SetMemoryPolicyOp*)op);
            case OpCode.SetPersonality: return SchedulingSteps.SetPersonality(memory, (NumberOp*)op);
            case OpCode.CreateRuleset: return LandlockSteps.CreateRuleset(memory, (CreateRulesetOp*)op);
            case OpCode.AllowPath: return LandlockSteps.AllowPath(memory, (AllowPathOp*)op);
            case OpCode.AllowPort: return LandlockSteps.AllowPort(memory, (AllowPortOp*)op);
            case OpCode.RestrictSelf: return LandlockSteps.RestrictSelf(memory);
            case OpCode.SetLimit: return LimitSteps.SetLimit(memory, (SetLimitOp*)op);
            case OpCode.ResetSignals: return LimitSteps.ResetSignals(memory);
            case OpCode.UnblockSignals: return LimitSteps.UnblockSignals(memory);
            case OpCode.Report: return SyncSteps.Report(memory, (NumberOp*)op);
            case OpCode.AwaitGo: return SyncSteps.AwaitGo(memory);
            case OpCode.WaitForStart: return SyncSteps.WaitForStart(memory);
            case OpCode.FindProgram: return ExecSteps.FindProgram(memory, (FindProgramOp*)op);
            case OpCode.LookUpHome: return HomeSteps.LookUpHome(memory, (LookUpHomeOp*)op);
            case OpCode.Execute: return ExecSteps.Execute(memory, (ExecuteOp*)op);
            default: return -(nint)Abi.Errno.ENOSYS;
        }
    }
}
