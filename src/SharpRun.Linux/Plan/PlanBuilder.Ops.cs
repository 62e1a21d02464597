using System.Runtime.InteropServices;
using SharpRun.Linux.Abi;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Plan;

/// <content>One method for each op.</content>
internal sealed partial class PlanBuilder
{
    internal PlanBuilder Unshare(ulong flags) => Append(OpCode.Unshare, new UnshareOp { Flags = flags });

    internal PlanBuilder SetNamespace(FdSlot fd, ulong type) => Append(OpCode.SetNamespace, new SetNamespaceOp { Namespace = fd, Type = type });

    /// <summary>The plan goes on in a new process, which is born where this one's children are: in the pid namespace that it has joined, or in new namespaces.</summary>
    /// <param name="flags">CLONE_NEW* flags.</param>
    internal PlanBuilder CloneSelf(ulong flags = 0)
    {
        _bornTwice = true;
        return Append(OpCode.CloneSelf, new CloneSelfOp { Flags = flags });
    }

    internal PlanBuilder SetHostname(string name) => Append(OpCode.SetHostname, new SetNameOp { Name = Text(name) });

    internal PlanBuilder SetDomainname(string name) => Append(OpCode.SetDomainname, new SetNameOp { Name = Text(name) });

    internal PlanBuilder LoopbackUp() => Append(OpCode.LoopbackUp, default(PlainOp));

    /// <summary>Sends a message of rtnetlink(7) about a device.</summary>
    /// <param name="name">The device, whose number is filled into the message.</param>
    /// <param name="message">The message, which asks for an acknowledgement.</param>
    internal PlanBuilder ChangeNetDevice(string name, ReadOnlySpan<byte> message) =>
        Append(OpCode.ChangeNetDevice, new ChangeNetDeviceOp { Name = Text(name), Offset = Data(message), Length = message.Length });

    internal PlanBuilder JoinKeyring(string name) => Append(OpCode.JoinKeyring, new SetNameOp { Name = Text(name) });

    /// <summary>Adds rights to those of the session keyring, as keyctl_setperm(3) writes them.</summary>
    internal PlanBuilder GrantKeyring(uint rights) => Append(OpCode.GrantKeyring, new NumberOp { Value = rights });

    internal PlanBuilder NewSession() => Append(OpCode.NewSession, default(PlainOp));

    internal PlanBuilder OpenHost(string path, int flags, FdSlot result) =>
        Append(OpCode.OpenHost, new OpenHostOp { Path = Text(path), Flags = flags | O_CLOEXEC, Result = result });

    /// <summary>Opens a container path; the path is relative to the root, whatever it begins with.</summary>
    internal PlanBuilder OpenInRoot(string path, int flags, FdSlot result, ulong resolve = 0) =>
        Append(OpCode.OpenInRoot, new OpenInRootOp
        {
            Root = FdSlot.Rootfs,
            Path = Text(path),
            Flags = (uint)(flags | O_CLOEXEC),
            Resolve = resolve | RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
            Result = result,
        });

    /// <summary>Opens a path below an open directory and on its own mount; no link is followed.</summary>
    internal PlanBuilder OpenBelow(FdSlot directory, string path, int flags, FdSlot result) =>
        Append(OpCode.OpenInRoot, new OpenInRootOp
        {
            Root = directory,
            Path = Text(path),
            Flags = (uint)(flags | O_CLOEXEC),
            Resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
            Result = result,
        });

    /// <summary>Opens a path below an open procfs and in it; its link "self" is followed.</summary>
    internal PlanBuilder OpenSelf(FdSlot proc, string path, int flags, FdSlot result) =>
        Append(OpCode.OpenInRoot, new OpenInRootOp
        {
            Root = proc,
            Path = Text(path),
            Flags = (uint)(flags | O_CLOEXEC),
            Resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
            Result = result,
        });

    /// <summary>Makes what is missing of a container path, and opens it; below the root, whatever links say.</summary>
    internal PlanBuilder MakePlace(string path, uint mode, FdSlot result, ulong resolve = 0) =>
        Append(OpCode.MakePlace, new MakePlaceOp
        {
            Root = FdSlot.Rootfs,
            Path = Text(path),
            Mode = mode,
            Like = FdSlot.Cwd,
            Resolve = resolve | RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
            Result = result,
        });

    /// <summary>The same for a mount: a directory of mode 0755, or an empty file of mode 0644, as the mount's root is one.</summary>
    internal PlanBuilder MakePlaceLike(FdSlot mount, string path, FdSlot result) =>
        Append(OpCode.MakePlace, new MakePlaceOp
        {
            Root = FdSlot.Rootfs,
            Path = Text(path),
            Like = mount,
            Resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
            Result = result,
        });

    internal PlanBuilder Close(FdSlot fd) => Append(OpCode.Close, new FdOp { Fd = fd });

    internal PlanBuilder MakeDirectory(FdSlot directory, string name, uint mode) =>
        Append(OpCode.MakeDirectory, new MakeNodeOp { Directory = directory, Name = Text(name), Mode = mode });

    internal PlanBuilder MakeNode(FdSlot directory, string name, uint mode, uint major = 0, uint minor = 0) =>
        Append(OpCode.MakeNode, new MakeNodeOp { Directory = directory, Name = Text(name), Mode = mode, Device = DeviceNumber(major, minor) });

    /// <param name="directory">Where.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="target">What it says.</param>
    /// <param name="unlessEqual">A link that says the same is as good as a new one.</param>
    internal PlanBuilder MakeSymlink(FdSlot directory, string name, string target, bool unlessEqual = false) =>
        Append(OpCode.MakeSymlink, new MakeSymlinkOp { Directory = directory, Name = Text(name), LinkTarget = Text(target), UnlessEqual = unlessEqual ? 1 : 0 });

    internal PlanBuilder Unlink(FdSlot directory, string name) =>
        Append(OpCode.Unlink, new UnlinkOp { Directory = directory, Name = Text(name) });

    internal PlanBuilder ChangeOwner(FdSlot fd, uint uid, uint gid) =>
        Append(OpCode.ChangeOwner, new ChangeOwnerOp { Fd = fd, Uid = uid, Gid = gid });

    internal PlanBuilder WriteText(FdSlot fd, string text) => Append(OpCode.WriteText, new WriteTextOp { Fd = fd, Text = Text(text) });

    internal PlanBuilder SetFileLabel(FdSlot fd, string label) =>
        Append(OpCode.SetFileLabel, new SetFileLabelOp { Fd = fd, Name = Text("security.selinux"), Label = Text(label) });

    internal PlanBuilder VerifyNode(FdSlot fd, uint type, uint major, uint minor) =>
        Append(OpCode.VerifyNode, new VerifyNodeOp { Fd = fd, Type = type, Major = major, Minor = minor });

    internal PlanBuilder VerifyFileSystem(FdSlot fd, uint magic, ulong inode = 0) =>
        Append(OpCode.VerifyFileSystem, new VerifyFileSystemOp { Fd = fd, Magic = magic, Inode = inode });

    /// <summary>Opens what a verified descriptor names; <paramref name="descriptors"/> is an open /proc/self/fd.</summary>
    internal PlanBuilder Reopen(FdSlot descriptors, FdSlot fd, int flags, FdSlot result) =>
        Append(OpCode.Reopen, new ReopenOp { Descriptors = descriptors, Fd = fd, Flags = flags | O_CLOEXEC, Result = result });

    internal PlanBuilder UnlockTerminal(FdSlot terminal) => Append(OpCode.UnlockTerminal, new FdOp { Fd = terminal });

    internal PlanBuilder OpenPeer(FdSlot terminal, FdSlot result) => Append(OpCode.OpenPeer, new OpenPeerOp { Terminal = terminal, Result = result });

    internal PlanBuilder SetWindowSize(FdSlot terminal, ushort rows, ushort columns) =>
        Append(OpCode.SetWindowSize, new SetWindowSizeOp { Terminal = terminal, Rows = rows, Columns = columns });

    internal PlanBuilder TakeTerminal(FdSlot terminal) => Append(OpCode.TakeTerminal, new FdOp { Fd = terminal });

    internal PlanBuilder SendDescriptor(SyncKind kind, FdSlot fd) => Append(OpCode.SendDescriptor, new SendDescriptorOp { Kind = kind, Fd = fd });

    /// <summary>Tells the parent the number of a descriptor, with write(2), which no listener decides about.</summary>
    internal PlanBuilder TellDescriptor(SyncKind kind, FdSlot fd) => Append(OpCode.TellDescriptor, new SendDescriptorOp { Kind = kind, Fd = fd });

    /// <summary>Descriptors that survive execve, by their numbers: the caller has chosen them.</summary>
    internal PlanBuilder KeepOpen(int first, int count) => Append(OpCode.KeepOpen, new KeepOpenOp { First = first, Count = count });

    internal PlanBuilder ChangeDirectory(string path) => Append(OpCode.ChangeDirectory, new PathOp { Path = Text(path) });

    internal PlanBuilder ChangeDirectoryTo(FdSlot fd) => Append(OpCode.ChangeDirectoryTo, new FdOp { Fd = fd });

    internal PlanBuilder VerifyDirectory() => Append(OpCode.VerifyDirectory, default(PlainOp));

    internal PlanBuilder SetUmask(uint mask) => Append(OpCode.SetUmask, new NumberOp { Value = mask });

    internal PlanBuilder Duplicate(FdSlot fd, int number, int flags) =>
        Append(OpCode.Duplicate, new DuplicateOp { Fd = fd, Number = number, Flags = flags });

    /// <summary>Closes every descriptor from a number on, except those of one or two registers, and of those that the launcher has filled.</summary>
    internal PlanBuilder CloseOthers(uint first, FdSlot keep, FdSlot keepToo = FdSlot.Cwd, int keepGiven = 0) =>
        Append(OpCode.CloseOthers, new CloseOthersOp { First = first, Keep = keep, KeepToo = keepToo, KeepGiven = keepGiven });

    internal PlanBuilder OpenTree(FdSlot directory, string path, uint flags, FdSlot result) =>
        Append(OpCode.OpenTree, new OpenTreeOp { Directory = directory, Path = Text(path), Flags = flags | OPEN_TREE_CLOEXEC, Result = result });

    /// <summary>Attaches a mount to an open place, or to a host path.</summary>
    internal PlanBuilder MoveMount(FdSlot mount, FdSlot target, string path = "") =>
        Append(OpCode.MoveMount, new MoveMountOp { Mount = mount, Target = target, Path = Text(path) });

    /// <summary>Changes flags and propagation of the mount behind a register, or of a host path when there is none.</summary>
    internal PlanBuilder SetMountAttributes(FdSlot mount, bool recursive, ulong set = 0, ulong clear = 0, ulong propagation = 0, string path = "") =>
        Append(OpCode.SetMountAttributes, new SetMountAttributesOp
        {
            Mount = mount,
            Path = Text(path),
            Flags = (path.Length == 0 ? (uint)AT_EMPTY_PATH : 0) | (recursive ? (uint)AT_RECURSIVE : 0),
            Set = set,
            Clear = clear,
            Propagation = propagation,
        });

    internal PlanBuilder OpenFileSystem(string type, FdSlot result) =>
        Append(OpCode.OpenFileSystem, new OpenFileSystemOp { Type = Text(type), Result = result });

    internal PlanBuilder ConfigureFileSystem(FdSlot fs, string key, string? value) =>
        Append(OpCode.ConfigureFileSystem, new ConfigureFileSystemOp
        {
            FileSystem = fs,
            Command = value is null ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING,
            Key = Text(key),
            Value = Text(value),
        });

    internal PlanBuilder CreateFileSystem(FdSlot fs) =>
        Append(OpCode.ConfigureFileSystem, new ConfigureFileSystemOp { FileSystem = fs, Command = FSCONFIG_CMD_CREATE });

    /// <summary>Applies what has been configured to a file system that is mounted.</summary>
    internal PlanBuilder ReconfigureFileSystem(FdSlot fs) =>
        Append(OpCode.ConfigureFileSystem, new ConfigureFileSystemOp { FileSystem = fs, Command = FSCONFIG_CMD_RECONFIGURE });

    /// <summary>The file system of the mount behind a register.</summary>
    internal PlanBuilder PickFileSystem(FdSlot mount, FdSlot result) =>
        Append(OpCode.PickFileSystem, new PickFileSystemOp { Mount = mount, Result = result });

    /// <summary>The open place of a mount must be neither the root nor, unless that is allowed, inside a procfs.</summary>
    internal PlanBuilder VerifyPlace(FdSlot fd, string path, bool allowProc) =>
        Append(OpCode.VerifyPlace, new VerifyPlaceOp { Fd = fd, AllowProc = allowProc ? 1 : 0, Path = Text(path) });

    /// <summary>Asks the parent for a mount of the plan's list of sources.</summary>
    internal PlanBuilder TakeMount(MountSource source, FdSlot result)
    {
        _sources.Add(source);
        return Append(OpCode.TakeMount, new TakeMountOp { Index = _sources.Count - 1, Source = Text(source.ToString()), Result = result });
    }

    internal PlanBuilder InheritMode(FdSlot fs, FdSlot directory) =>
        Append(OpCode.InheritMode, new InheritModeOp { FileSystem = fs, Directory = directory });

    internal PlanBuilder MountFileSystem(FdSlot fs, ulong attributes, FdSlot result) =>
        Append(OpCode.MountFileSystem, new MountFileSystemOp { FileSystem = fs, Attributes = attributes, Result = result });

    /// <summary>Mounts a filesystem with mount(2): what is in the place of the register is covered, and the register stays below.</summary>
    internal PlanBuilder Mount(string source, FdSlot target, string type, ulong flags, string data) =>
        Append(OpCode.Mount, new MountOp { Source = Text(source), Target = target, Type = Text(type), Flags = flags, Data = Text(data) });

    internal PlanBuilder PivotRoot() => Append(OpCode.PivotRoot, default(PlainOp));

    internal PlanBuilder ChangeRoot() => Append(OpCode.ChangeRoot, default(PlainOp));

    internal PlanBuilder Unmount(string path, int flags) => Append(OpCode.Unmount, new UnmountOp { Path = Text(path), Flags = flags });

    internal PlanBuilder SetGroups(ReadOnlySpan<uint> groups) =>
        Append(OpCode.SetGroups, new SetGroupsOp { Offset = Data(MemoryMarshal.AsBytes(groups)), Count = groups.Length });

    internal PlanBuilder SetGroup(uint gid) => Append(OpCode.SetGroup, new NumberOp { Value = gid });

    internal PlanBuilder SetUser(uint uid) => Append(OpCode.SetUser, new NumberOp { Value = uid });

    internal PlanBuilder DropBoundingSet(ulong drop) => Append(OpCode.DropBoundingSet, new NumberOp { Value = drop });

    internal PlanBuilder SetCapabilities(ulong effective, ulong permitted, ulong inheritable) =>
        Append(OpCode.SetCapabilities, new SetCapabilitiesOp { Effective = effective, Permitted = permitted, Inheritable = inheritable });

    internal PlanBuilder RaiseAmbientSet(ulong raise) => Append(OpCode.RaiseAmbientSet, new NumberOp { Value = raise });

    internal PlanBuilder VerifyIdentity(uint uid, uint gid, ulong effective, ulong permitted, ulong inheritable) =>
        Append(OpCode.VerifyIdentity, new VerifyIdentityOp { Uid = uid, Gid = gid, Effective = effective, Permitted = permitted, Inheritable = inheritable });

    internal PlanBuilder ProcessControl(int option, ulong value) =>
        Append(OpCode.ProcessControl, new ProcessControlOp { Option = option, Value = value });

    /// <param name="attributes">What sched_setattr(2) takes; its size does not count.</param>
    /// <param name="restricted">The container's CPUs are restricted.</param>
    internal PlanBuilder SetScheduler(SchedulerAttributes attributes, bool restricted) => Append(OpCode.SetScheduler, new SetSchedulerOp
    {
        Policy = (int)attributes.Policy,
        Nice = attributes.Nice,
        Flags = attributes.Flags,
        Priority = attributes.Priority,
        Restricted = restricted ? 1 : 0,
        Runtime = attributes.Runtime,
        Deadline = attributes.Deadline,
        Period = attributes.Period,
    });

    /// <param name="mask">A bit for each CPU.</param>
    internal PlanBuilder SetAffinity(ReadOnlySpan<byte> mask) =>
        Append(OpCode.SetAffinity, new SetAffinityOp { Offset = Data(mask), Length = mask.Length });

    /// <param name="ioClass">IOPRIO_CLASS_*.</param>
    /// <param name="level">0 to 7.</param>
    internal PlanBuilder SetIoPriority(int ioClass, int level) =>
        Append(OpCode.SetIoPriority, new NumberOp { Value = ((ulong)ioClass << SchedulingAbi.IOPRIO_CLASS_SHIFT) | (uint)level });

    /// <param name="mode">MPOL_* of the modes.</param>
    /// <param name="flags">MPOL_F_*.</param>
    /// <param name="nodes">A bit for each node; a multiple of 8 bytes.</param>
    internal PlanBuilder SetMemoryPolicy(int mode, int flags, ReadOnlySpan<byte> nodes) =>
        Append(OpCode.SetMemoryPolicy, new SetMemoryPolicyOp { Mode = mode, Flags = flags, Offset = Data(nodes), Length = nodes.Length });

    internal PlanBuilder SetPersonality(int domain) => Append(OpCode.SetPersonality, new NumberOp { Value = (ulong)domain });

    /// <summary>From here on every call of the process goes through the filter.</summary>
    internal PlanBuilder InstallFilter(ReadOnlySpan<SocketFilter> program, uint flags, FdSlot listener = FdSlot.Cwd) =>
        Append(OpCode.InstallFilter, new InstallFilterOp { Offset = Data(MemoryMarshal.AsBytes(program)), Count = program.Length, Flags = flags, Listener = listener });

    /// <summary>A Landlock ruleset, to which rules are added until it is in force.</summary>
    /// <param name="files">LANDLOCK_ACCESS_FS_* bits.</param>
    /// <param name="network">LANDLOCK_ACCESS_NET_* bits.</param>
    /// <param name="scoped">LANDLOCK_SCOPE_* bits.</param>
    /// <param name="dropped">What is left out because the kernel lacks it; null for nothing.</param>
    internal PlanBuilder CreateRuleset(ulong files, ulong network, ulong scoped, string? dropped) =>
        Append(OpCode.CreateRuleset, new CreateRulesetOp { Files = files, Network = network, Scoped = scoped, Dropped = Text(dropped) });

    internal PlanBuilder AllowPath(FdSlot fd, ulong access) => Append(OpCode.AllowPath, new AllowPathOp { Fd = fd, Access = access });

    internal PlanBuilder AllowPort(ushort port, ulong access) => Append(OpCode.AllowPort, new AllowPortOp { Port = port, Access = access });

    internal PlanBuilder RestrictSelf() => Append(OpCode.RestrictSelf, default(PlainOp));

    internal PlanBuilder SetLimit(int resource, ulong soft, ulong hard) =>
        Append(OpCode.SetLimit, new SetLimitOp { Resource = resource, Soft = soft, Hard = hard });

    internal PlanBuilder ResetSignals() => Append(OpCode.ResetSignals, default(PlainOp));

    internal PlanBuilder UnblockSignals() => Append(OpCode.UnblockSignals, default(PlainOp));

    internal PlanBuilder Report(SyncKind kind) => Append(OpCode.Report, new NumberOp { Value = (ulong)kind });

    internal PlanBuilder AwaitGo() => Append(OpCode.AwaitGo, default(PlainOp));

    internal PlanBuilder WaitForStart() => Append(OpCode.WaitForStart, default(PlainOp));

    internal PlanBuilder FindProgram(string name, IReadOnlyList<string> candidates) =>
        Append(OpCode.FindProgram, new FindProgramOp { Name = Text(name), Candidates = Texts(candidates) });

    internal PlanBuilder LookUpHome(uint uid) => Append(OpCode.LookUpHome, new LookUpHomeOp { Uid = uid, Path = Text("/etc/passwd") });

    internal PlanBuilder Execute(IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        // One end for each array, and room for HOME.
        _pointers = arguments.Count + environment.Count + 3;
        return Append(OpCode.Execute, new ExecuteOp { Arguments = Texts(arguments), Environment = Texts(environment) });
    }

    /// <summary>The kernel's encoding of a device number in mknod(2): makedev(3) of 12 and 20 bits.</summary>
    private static ulong DeviceNumber(uint major, uint minor) => (minor & 0xff) | ((ulong)(major & 0xfff) << 8) | ((ulong)(minor & 0xfff00) << 12);
}
