using System.Globalization;
using System.Numerics;
using SharpRun.Linux.Abi;
using SharpRun.Spec.Validation;
using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Plan;

/// <summary>One op in words: the system call with its arguments, registers by name, flags by name.</summary>
internal static class StepText
{
    /// <summary>The op as <c>call(arguments) -> register</c>.</summary>
    internal static string Of(PlanReader op)
    {
        switch (op.Header.Code)
        {
            case OpCode.Unshare: return $"unshare({FlagNames.Clone(op.As<UnshareOp>().Flags)})";
            case OpCode.SetNamespace:
                return $"setns({Slot(op.As<SetNamespaceOp>().Namespace)}, {FlagNames.Clone(op.As<SetNamespaceOp>().Type)})";
            case OpCode.CloneSelf: return $"clone3({FlagNames.Clone(op.As<CloneSelfOp>().Flags | Abi.CloneAbi.CLONE_PARENT)}): the next steps are the new process's";
            case OpCode.SetHostname: return $"sethostname({Quote(op, op.As<SetNameOp>().Name)})";
            case OpCode.SetDomainname: return $"setdomainname({Quote(op, op.As<SetNameOp>().Name)})";
            case OpCode.JoinKeyring: return $"keyctl(KEYCTL_JOIN_SESSION_KEYRING, {Quote(op, op.As<SetNameOp>().Name)})";
            case OpCode.GrantKeyring: return $"keyctl(KEYCTL_SETPERM, KEY_SPEC_SESSION_KEYRING, what it has | {Hex(op.As<NumberOp>().Value)})";
            case OpCode.LoopbackUp: return "ioctl(socket, SIOCSIFFLAGS, lo IFF_UP)";
            case OpCode.ChangeNetDevice:
                ChangeNetDeviceOp change = op.As<ChangeNetDeviceOp>();
                return $"sendto(rtnetlink, {FlagNames.RouteMessage(op.Numbers(change.Offset, 2)[1])} of {Quote(op, change.Name)})";
            case OpCode.NewSession: return "setsid()";
            case OpCode.OpenHost:
                OpenHostOp host = op.As<OpenHostOp>();
                return $"openat({Quote(op, host.Path)}, {FlagNames.Open((uint)host.Flags)}) -> {Slot(host.Result)}";
            case OpCode.OpenInRoot:
                OpenInRootOp open = op.As<OpenInRootOp>();
                return $"openat2({Slot(open.Root)}, {Quote(op, open.Path)}, {FlagNames.Open(open.Flags)}, {FlagNames.Resolve(open.Resolve)}) -> {Slot(open.Result)}";
            case OpCode.MakePlace:
                MakePlaceOp place = op.As<MakePlaceOp>();
                string kind = place.Like != FdSlot.Cwd ? "what " + Slot(place.Like) + " is" : (place.Mode & FileAbi.S_IFMT) == FileAbi.S_IFDIR ? "directory" : "file";
                string mode = place.Like != FdSlot.Cwd ? "0755 or 0644" : Octal(place.Mode & 0xfff);
                return $"make {kind} ({Slot(place.Root)}, {Quote(op, place.Path)}, {mode}, {FlagNames.Resolve(place.Resolve)}) -> {Slot(place.Result)}";
            case OpCode.Close: return $"close({Slot(op.As<FdOp>().Fd)})";
            case OpCode.MakeDirectory:
                MakeNodeOp directory = op.As<MakeNodeOp>();
                return $"mkdirat({Slot(directory.Directory)}, {Quote(op, directory.Name)}, {Octal(directory.Mode)})";
            case OpCode.MakeNode: return Node(op, op.As<MakeNodeOp>());
            case OpCode.MakeSymlink:
                MakeSymlinkOp link = op.As<MakeSymlinkOp>();
                return $"symlinkat({Quote(op, link.LinkTarget)}, {Slot(link.Directory)}, {Quote(op, link.Name)})";
            case OpCode.Unlink: return $"unlinkat({Slot(op.As<UnlinkOp>().Directory)}, {Quote(op, op.As<UnlinkOp>().Name)})";
            case OpCode.ChangeOwner:
                ChangeOwnerOp owner = op.As<ChangeOwnerOp>();
                return $"fchownat({Slot(owner.Fd)}, {Id(owner.Uid)}, {Id(owner.Gid)})";
            case OpCode.WriteText: return $"write({Slot(op.As<WriteTextOp>().Fd)}, {Quote(op, op.As<WriteTextOp>().Text)})";
            case OpCode.SetFileLabel:
                SetFileLabelOp label = op.As<SetFileLabelOp>();
                return $"fsetxattr({Slot(label.Fd)}, {Quote(op, label.Name)}, {Quote(op, label.Label)})";
            case OpCode.VerifyNode:
                VerifyNodeOp verify = op.As<VerifyNodeOp>();
                return $"statx({Slot(verify.Fd)}) must be {FlagNames.FileType(verify.Type)} {Number(verify.Major)}:{Number(verify.Minor)}";
            case OpCode.VerifyFileSystem: return $"fstatfs({Slot(op.As<VerifyFileSystemOp>().Fd)}) must be of type {Hex(op.As<VerifyFileSystemOp>().Magic)}{(op.As<VerifyFileSystemOp>().Inode == 0 ? "" : ", inode " + Number(op.As<VerifyFileSystemOp>().Inode))}";
            case OpCode.Reopen:
                ReopenOp reopen = op.As<ReopenOp>();
                return $"openat({Slot(reopen.Descriptors)}, {Slot(reopen.Fd)}, {FlagNames.Open((uint)reopen.Flags)}) -> {Slot(reopen.Result)}";
            case OpCode.KeepOpen:
                KeepOpenOp keep = op.As<KeepOpenOp>();
                return $"fcntl(F_SETFD, 0) of {Number(keep.First)} to {Number(keep.First + keep.Count - 1)}";
            case OpCode.UnlockTerminal: return $"ioctl({Slot(op.As<FdOp>().Fd)}, TIOCSPTLCK, 0)";
            case OpCode.OpenPeer: return $"ioctl({Slot(op.As<OpenPeerOp>().Terminal)}, TIOCGPTPEER) -> {Slot(op.As<OpenPeerOp>().Result)}";
            case OpCode.SetWindowSize:
                SetWindowSizeOp size = op.As<SetWindowSizeOp>();
                return $"ioctl({Slot(size.Terminal)}, TIOCSWINSZ, {Number(size.Rows)} x {Number(size.Columns)})";
            case OpCode.TakeTerminal: return $"ioctl({Slot(op.As<FdOp>().Fd)}, TIOCSCTTY)";
            case OpCode.SendDescriptor: return $"sendmsg(sync, {op.As<SendDescriptorOp>().Kind}, {Slot(op.As<SendDescriptorOp>().Fd)})";
            case OpCode.TellDescriptor: return $"write(sync, {op.As<SendDescriptorOp>().Kind}, number of {Slot(op.As<SendDescriptorOp>().Fd)})";
            case OpCode.ChangeDirectory: return $"chdir({Quote(op, op.As<PathOp>().Path)})";
            case OpCode.ChangeDirectoryTo: return $"fchdir({Slot(op.As<FdOp>().Fd)})";
            case OpCode.VerifyDirectory: return "getcwd() must be inside the root";
            case OpCode.SetUmask: return $"umask({Octal((uint)op.As<NumberOp>().Value)})";
            case OpCode.Duplicate:
                DuplicateOp duplicate = op.As<DuplicateOp>();
                return $"dup3({Slot(duplicate.Fd)}, {Number(duplicate.Number)}, {(duplicate.Flags == 0 ? "0" : "O_CLOEXEC")})";
            case OpCode.CloseOthers:
                CloseOthersOp others = op.As<CloseOthersOp>();
                string kept = others.KeepToo == FdSlot.Cwd ? Slot(others.Keep) : $"{Slot(others.Keep)} and {Slot(others.KeepToo)}";
                string given = "";
                for (int i = 0; i < others.KeepGiven; i++)
                {
                    given += " and " + Slot(FdSlot.FirstFree + i);
                }

                return $"close_range({Number(others.First)}, ~0) but {kept}{given}";
            case OpCode.OpenTree:
                OpenTreeOp tree = op.As<OpenTreeOp>();
                return $"open_tree({Place(op, tree.Directory, tree.Path)}, {FlagNames.OpenTree(tree.Flags)}) -> {Slot(tree.Result)}";
            case OpCode.MoveMount:
                MoveMountOp move = op.As<MoveMountOp>();
                return $"move_mount({Slot(move.Mount)}, {Place(op, move.Target, move.Path)})";
            case OpCode.SetMountAttributes: return Attributes(op, op.As<SetMountAttributesOp>());
            case OpCode.OpenFileSystem: return $"fsopen({Quote(op, op.As<OpenFileSystemOp>().Type)}) -> {Slot(op.As<OpenFileSystemOp>().Result)}";
            case OpCode.ConfigureFileSystem: return Configure(op, op.As<ConfigureFileSystemOp>());
            case OpCode.InheritMode:
                return $"fsconfig({Slot(op.As<InheritModeOp>().FileSystem)}, FSCONFIG_SET_STRING, \"mode\", mode of {Slot(op.As<InheritModeOp>().Directory)})";
            case OpCode.MountFileSystem:
                MountFileSystemOp mount = op.As<MountFileSystemOp>();
                return $"fsmount({Slot(mount.FileSystem)}, {FlagNames.MountAttributes(mount.Attributes)}) -> {Slot(mount.Result)}";
            case OpCode.Mount:
                MountOp old = op.As<MountOp>();
                return $"mount({Quote(op, old.Source)}, {Slot(old.Target)}, {Quote(op, old.Type)}, {FlagNames.Mount(old.Flags)}, {Quote(op, old.Data)})";
            case OpCode.VerifyPlace:
                VerifyPlaceOp verified = op.As<VerifyPlaceOp>();
                return $"statx({Slot(verified.Fd)}) must not be the root{(verified.AllowProc == 0 ? ", nor on procfs" : "")}";
            case OpCode.PickFileSystem: return $"fspick({Slot(op.As<PickFileSystemOp>().Mount)}) -> {Slot(op.As<PickFileSystemOp>().Result)}";
            case OpCode.TakeMount:
                TakeMountOp take = op.As<TakeMountOp>();
                return $"recvmsg(sync): {op.Text(take.Source)} by the runtime -> {Slot(take.Result)}";
            case OpCode.PivotRoot: return "pivot_root(\".\", \".\")";
            case OpCode.ChangeRoot: return "chroot(\".\")";
            case OpCode.Unmount: return $"umount2({Quote(op, op.As<UnmountOp>().Path)}, {FlagNames.Unmount((uint)op.As<UnmountOp>().Flags)})";
            case OpCode.SetGroups: return $"setgroups([{Join(op.Numbers(op.As<SetGroupsOp>().Offset, op.As<SetGroupsOp>().Count))}])";
            case OpCode.SetGroup: return $"setresgid({Number(op.As<NumberOp>().Value)})";
            case OpCode.SetUser: return $"setresuid({Number(op.As<NumberOp>().Value)})";
            case OpCode.DropBoundingSet: return $"prctl(PR_CAPBSET_DROP) of {Hex(op.As<NumberOp>().Value)}";
            case OpCode.SetCapabilities: return Capabilities("capset", op);
            case OpCode.RaiseAmbientSet: return $"prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE) of {Hex(op.As<NumberOp>().Value)}";
            case OpCode.VerifyIdentity: return Identity(op.As<VerifyIdentityOp>());
            case OpCode.ProcessControl: return $"prctl({FlagNames.Control(op.As<ProcessControlOp>().Option)}, {Number(op.As<ProcessControlOp>().Value)})";
            case OpCode.InstallFilter: return Filter(op.As<InstallFilterOp>());
            case OpCode.SetScheduler: return SchedulingText.Scheduler(op.As<SetSchedulerOp>());
            case OpCode.SetAffinity: return $"sched_setaffinity(0, [{NumberList.Text(op.Data(op.As<SetAffinityOp>().Offset, op.As<SetAffinityOp>().Length))}])";
            case OpCode.SetIoPriority: return SchedulingText.IoPriority((int)op.As<NumberOp>().Value);
            case OpCode.SetMemoryPolicy: return SchedulingText.MemoryPolicy(op, op.As<SetMemoryPolicyOp>());
            case OpCode.SetPersonality: return $"personality({SchedulingText.Personality((int)op.As<NumberOp>().Value)})";
            case OpCode.CreateRuleset: return Ruleset(op, op.As<CreateRulesetOp>());
            case OpCode.AllowPath: return $"landlock_add_rule(ruleset, {Slot(op.As<AllowPathOp>().Fd)}, {FlagNames.LandlockFiles(op.As<AllowPathOp>().Access)})";
            case OpCode.AllowPort: return $"landlock_add_rule(ruleset, port {Number(op.As<AllowPortOp>().Port)}, {FlagNames.LandlockNetwork(op.As<AllowPortOp>().Access)})";
            case OpCode.RestrictSelf: return "landlock_restrict_self(ruleset)";
            case OpCode.SetLimit: return Limit(op.As<SetLimitOp>());
            case OpCode.ResetSignals: return "rt_sigaction(SIG_DFL) of every signal";
            case OpCode.UnblockSignals: return "rt_sigprocmask(SIG_SETMASK, [])";
            case OpCode.Report: return $"write(sync, {(SyncKind)op.As<NumberOp>().Value})";
            case OpCode.AwaitGo: return "read(sync) until the parent says go";
            case OpCode.WaitForStart: return "read(exec.fifo) until sharprun start";
            case OpCode.FindProgram: return $"faccessat2(X_OK) of the first of [{string.Join(", ", op.Texts(op.As<FindProgramOp>().Candidates))}]";
            case OpCode.LookUpHome: return $"openat({Quote(op, op.As<LookUpHomeOp>().Path)}): HOME of uid {Number(op.As<LookUpHomeOp>().Uid)}";
            case OpCode.Execute: return Execute(op);
            default: throw new LinuxException($"op {Number((int)op.Header.Code)} has no words");
        }
    }

    /// <summary>The name of the op's main system call.</summary>
    internal static string CallName(PlanReader op)
    {
        string text = Of(op);
        return text[..text.IndexOf('(')];
    }

    private static string Filter(InstallFilterOp filter) =>
        $"seccomp(SECCOMP_SET_MODE_FILTER, {FlagNames.Filter(filter.Flags)}) of {Number(filter.Count)} instructions"
            + (filter.Listener == FdSlot.Cwd ? "" : $" -> {Slot(filter.Listener)}");

    private static string Ruleset(PlanReader op, CreateRulesetOp ruleset)
    {
        var denied = new List<string>();
        if (ruleset.Files != 0)
        {
            denied.Add("fs " + FlagNames.LandlockFiles(ruleset.Files));
        }

        if (ruleset.Network != 0)
        {
            denied.Add("net " + FlagNames.LandlockNetwork(ruleset.Network));
        }

        if (ruleset.Scoped != 0)
        {
            denied.Add("scoped " + FlagNames.LandlockScopes(ruleset.Scoped));
        }

        string dropped = ruleset.Dropped.Offset == 0 ? "" : $" without {op.Text(ruleset.Dropped)}";
        return $"landlock_create_ruleset({string.Join(", ", denied)}) -> {Slot(FdSlot.Ruleset)}{dropped}";
    }

    private static string Node(PlanReader op, MakeNodeOp node)
    {
        uint type = node.Mode & FileAbi.S_IFMT;
        string device = type is FileAbi.S_IFCHR or FileAbi.S_IFBLK
            ? $", {Number((node.Device >> 8) & 0xfff)}:{Number((node.Device & 0xff) | ((node.Device >> 12) & 0xfff00))}"
            : "";
        return $"mknodat({Slot(node.Directory)}, {Quote(op, node.Name)}, {FlagNames.FileType(type)}|{Octal(node.Mode & 0xfff)}{device})";
    }

    private static string Attributes(PlanReader op, SetMountAttributesOp set)
    {
        string changes = (set.Set != 0 ? ", set " + FlagNames.MountAttributes(set.Set) : "")
            + (set.Clear != 0 ? ", clear " + FlagNames.MountAttributes(set.Clear) : "")
            + (set.Propagation != 0 ? ", " + FlagNames.Propagation(set.Propagation) : "");
        return $"mount_setattr({Place(op, set.Mount, set.Path)}, {FlagNames.At(set.Flags)}{changes})";
    }

    private static string Configure(PlanReader op, ConfigureFileSystemOp configure) => configure.Command switch
    {
        FSCONFIG_CMD_RECONFIGURE => $"fsconfig({Slot(configure.FileSystem)}, FSCONFIG_CMD_RECONFIGURE)",
        FSCONFIG_CMD_CREATE => $"fsconfig({Slot(configure.FileSystem)}, FSCONFIG_CMD_CREATE)",
        FSCONFIG_SET_FLAG => $"fsconfig({Slot(configure.FileSystem)}, FSCONFIG_SET_FLAG, {Quote(op, configure.Key)})",
        _ => $"fsconfig({Slot(configure.FileSystem)}, FSCONFIG_SET_STRING, {Quote(op, configure.Key)}, {Quote(op, configure.Value)})",
    };

    private static string Capabilities(string call, PlanReader op)
    {
        SetCapabilitiesOp sets = op.As<SetCapabilitiesOp>();
        return $"{call}(effective {Hex(sets.Effective)}, permitted {Hex(sets.Permitted)}, inheritable {Hex(sets.Inheritable)})";
    }

    private static string Identity(VerifyIdentityOp op) =>
        $"getresuid() must be {Number(op.Uid)}, gid {Number(op.Gid)}, effective {Hex(op.Effective)}, permitted {Hex(op.Permitted)}, inheritable {Hex(op.Inheritable)}";

    private static string Limit(SetLimitOp op)
    {
        string soft = op.Soft == ProcessAbi.RLIM_INFINITY ? "RLIM_INFINITY" : Number(op.Soft);
        string hard = op.Hard == ProcessAbi.RLIM_INFINITY ? "RLIM_INFINITY" : Number(op.Hard);
        return $"prlimit64({ResourceLimits.Name(op.Resource)}, soft {soft}, hard {hard})";
    }

    private static string Execute(PlanReader op)
    {
        ExecuteOp execute = op.As<ExecuteOp>();
        var arguments = new List<string>();
        foreach (string argument in op.Texts(execute.Arguments))
        {
            arguments.Add(Quoted(argument));
        }

        return $"execve(program, [{string.Join(", ", arguments)}], {Number(execute.Environment.Count)} variables)";
    }

    private static string Slot(FdSlot slot) => slot switch
    {
        FdSlot.Cwd => "AT_FDCWD",
        FdSlot.Sync => "sync", FdSlot.ParentSync => "parent_sync", FdSlot.StartFifo => "exec.fifo",
        FdSlot.Stdin => "stdin", FdSlot.Stdout => "stdout", FdSlot.Stderr => "stderr",
        FdSlot.Rootfs => "rootfs", FdSlot.Null => "null", FdSlot.Mask => "mask", FdSlot.FileSystem => "fs", FdSlot.Mount => "mount",
        FdSlot.Target => "target", FdSlot.Parent => "parent", FdSlot.Devices => "dev", FdSlot.Container => "container",
        FdSlot.Descriptors => "descriptors", FdSlot.Proc => "proc", FdSlot.Parameters => "sysctl", FdSlot.Terminal => "terminal", FdSlot.Peer => "peer",
        FdSlot.Listener => "listener", FdSlot.Ruleset => "ruleset",
        _ => "r" + Number((int)slot),
    };

    private static string Place(PlanReader op, FdSlot directory, TextRef path) =>
        path.Length == 0 ? Slot(directory) : directory == FdSlot.Cwd ? Quote(op, path) : $"{Slot(directory)}, {Quote(op, path)}";

    private static string Quote(PlanReader op, TextRef text) => Quoted(op.Text(text) ?? "");

    /// <summary>A text as a C string literal, so that one step is one line whatever an argument holds.</summary>
    private static string Quoted(string text)
    {
        var quoted = new System.Text.StringBuilder("\"");
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                < ' ' or '\x7f' => quoted.Append("\\x").Append(((int)c).ToString("x2", CultureInfo.InvariantCulture)),
                >= '\uDC80' and <= '\uDCFF' => quoted.Append("\\x").Append(((int)c - 0xDC00).ToString("x2", CultureInfo.InvariantCulture)),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static string Join(ReadOnlySpan<uint> numbers)
    {
        var text = new List<string>();
        foreach (uint number in numbers)
        {
            text.Add(Number(number));
        }

        return string.Join(", ", text);
    }

    private static string Id(uint id) => id == uint.MaxValue ? "-1" : Number(id);

    private static string Octal(uint mode) => "0" + Convert.ToString(mode, 8);

    private static string Hex(ulong value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);

    private static string Number<T>(T value)
        where T : INumber<T> => value.ToString(null, CultureInfo.InvariantCulture);
}
