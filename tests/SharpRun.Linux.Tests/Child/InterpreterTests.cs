using System.Text.RegularExpressions;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec.Validation;
using Xunit;

namespace SharpRun.Linux.Tests.Child;

/// <summary>Every op makes exactly the calls that its row of StepCalls names: what strace shows can be compared with the printed plan.</summary>
public class InterpreterTests
{
    /// <summary>One plan for each op.</summary>
    public static TheoryData<string> Ops => [.. Enum.GetNames<OpCode>()];

    [Theory]
    [MemberData(nameof(Ops))]
    public void Run_OneOp_MakesItsCalls(string name)
    {
        OpCode code = Enum.Parse<OpCode>(name);
        using var kernel = new RecordingKernel();
        LaunchPlan plan = PlanOf(code);

        (int step, Errno errno) = ChildRun.Run(plan);

        Assert.Equal((plan.Header.StepCount, Errno.ENOSYS), (step, errno));
        Assert.Matches(ExpectedCalls(plan), string.Join(' ', kernel.Calls));
    }

    [Fact]
    public void Run_FailingStep_StopsThereAndAnswersTheError()
    {
        using var kernel = new RecordingKernel { Answer = static (name, _) => name == "setsid" ? -(nint)Errno.EPERM : null };
        PlanBuilder plan = new();
        _ = plan.SetUmask(0).NewSession().SetUmask(1);

        (int step, Errno errno) = ChildRun.Run(Ended(plan));

        Assert.Equal((2, Errno.EPERM), (step, errno));
        Assert.Equal(["umask", "setsid"], kernel.Calls);
    }

    [Fact]
    public void Run_ToleratedError_FollowsTheErrorEdge()
    {
        using var kernel = new RecordingKernel { Answer = static (name, _) => name == "setsid" ? -(nint)Errno.EPERM : null };
        PlanBuilder plan = new();
        PlanLabel later = plan.NewLabel();
        _ = plan.NewSession().OnError(later, Errno.EPERM).SetUmask(0);
        plan.Mark(later);
        _ = plan.ChangeDirectory("/");

        _ = ChildRun.Run(Ended(plan));

        Assert.Equal(["setsid", "chdir"], kernel.Calls.Take(2));
    }

    [Fact]
    public void Run_SuccessEdge_PassesOverTheStepsBetween()
    {
        using var kernel = new RecordingKernel();
        PlanBuilder plan = new();
        PlanLabel later = plan.NewLabel();
        _ = plan.NewSession().Tolerate(Errno.EPERM).OnSuccess(later).SetUmask(0);
        plan.Mark(later);
        _ = plan.ChangeDirectory("/");

        _ = ChildRun.Run(Ended(plan));

        Assert.Equal(["setsid", "chdir"], kernel.Calls.Take(2));
    }

    [Fact]
    public void CloseOthers_TwoDescriptors_AreLeftOpen()
    {
        using var kernel = new RecordingKernel();
        PlanBuilder plan = new();

        _ = ChildRun.Run(Ended(plan.CloseOthers(3, FdSlot.StartFifo, FdSlot.Sync)));

        Assert.Equal(["close_range", "close_range", "close_range"], kernel.Calls.Take(3));
        Assert.Equal([(3, 49), (51, 51), (53, uint.MaxValue)], kernel.Arguments.Take(3).Select(a => ((long)a[0], (long)a[1])));
    }

    [Fact]
    public void OpenInRoot_RenameRace_IsTriedAgainAndNotForEver()
    {
        using var kernel = new RecordingKernel { Answer = static (name, _) => name == "openat2" ? -(nint)Errno.EAGAIN : null };
        PlanBuilder plan = new();
        _ = plan.OpenHost("/", 0, FdSlot.Rootfs).OpenInRoot("/x", 0, FdSlot.Target);

        (int step, Errno errno) = ChildRun.Run(Ended(plan));

        Assert.Equal((2, Errno.EAGAIN), (step, errno));
        Assert.Equal(128, kernel.Calls.Count(call => call == "openat2"));
    }

    [Fact]
    public void VerifyIdentity_OtherIds_Fails()
    {
        using var kernel = new RecordingKernel();
        PlanBuilder plan = new();

        // The recorder leaves the ids as they are in the scratch block: 0.
        (int step, Errno errno) = ChildRun.Run(Ended(plan.VerifyIdentity(1000, 0, 0, 0, 0)));

        Assert.Equal((1, Errno.EPERM), (step, errno));
    }

    /// <summary>A profile from before these calls is in force already when the program is looked for.</summary>
    [Theory]
    [InlineData((int)Errno.EPERM)]
    [InlineData((int)Errno.ENOSYS)]
    public unsafe void FindProgram_ProfileOlderThanACall_IsAskedInTheOldWay(int refusal)
    {
        using var kernel = new RecordingKernel
        {
            Answer = (name, arguments) =>
            {
                if (name == "newfstatat")
                {
                    ((FileStatus*)arguments[2])->Mode = FileAbi.S_IFREG | 0x1ED;
                }

                return name is "statx" or "faccessat2" ? -(nint)refusal : null;
            },
        };

        _ = ChildRun.Run(Ended(new PlanBuilder()));

        Assert.Equal(["statx", "newfstatat", "faccessat2", "faccessat", "execve"], kernel.Calls);
    }

    [Fact]
    public void GrantKeyring_RightsThatItHas_AreKept()
    {
        using var kernel = new RecordingKernel();

        _ = ChildRun.Run(Ended(new PlanBuilder().GrantKeyring(0x80008)));

        Assert.Equal((ProcessAbi.KEYCTL_SETPERM, ProcessAbi.KEY_SPEC_SESSION_KEYRING, 0x3f1b0008), ((long)kernel.Arguments[1][0], (long)kernel.Arguments[1][1], (long)kernel.Arguments[1][2]));
    }

    [Fact]
    public unsafe void ChangeNetDevice_FillsInTheNumberThatTheDeviceHas()
    {
        byte[]? sent = null;
        using var kernel = new RecordingKernel
        {
            Answer = (name, arguments) =>
            {
                if (name == "ioctl")
                {
                    ((InterfaceRequest*)arguments[2])->Index = 0x01020304;
                }

                sent = name == "sendto" ? new Span<byte>((void*)arguments[1], (int)arguments[2]).ToArray() : sent;
                return null;
            },
        };

        _ = ChildRun.Run(Ended(new PlanBuilder().ChangeNetDevice("eth0", NetDeviceMessage.BringUp(0))));

        Assert.Equal(NetDeviceMessage.BringUp(0x01020304), sent);
    }

    [Theory]
    [InlineData(NetlinkAbi.NLMSG_ERROR, 20, -(int)Errno.EEXIST, (int)Errno.EEXIST)]
    [InlineData(NetlinkAbi.NLMSG_ERROR, 16, 0, (int)Errno.EPROTO)]
    [InlineData(NetlinkAbi.RTM_NEWLINK, 20, 0, (int)Errno.EPROTO)]
    public unsafe void ChangeNetDevice_NoAcknowledgement_Fails(ushort type, int length, int error, int expected)
    {
        using var kernel = new RecordingKernel
        {
            Answer = (name, arguments) =>
            {
                if (name != "recvfrom")
                {
                    return null;
                }

                *(NetlinkAnswer*)arguments[1] = new NetlinkAnswer { Header = new NetlinkHeader { Type = type }, Error = error };
                return length;
            },
        };

        (int step, Errno errno) = ChildRun.Run(Ended(new PlanBuilder().ChangeNetDevice("eth0", NetDeviceMessage.BringUp(0))));

        Assert.Equal((1, (Errno)expected), (step, errno));
        Assert.Equal("close", kernel.Calls[^1]);
    }

    [Fact]
    public void AwaitGo_ParentIsGone_Fails()
    {
        using var kernel = new RecordingKernel { Answer = static (name, _) => name == "read" ? 0 : null };
        PlanBuilder plan = new();

        (int step, Errno errno) = ChildRun.Run(Ended(plan.AwaitGo()));

        Assert.Equal((1, Errno.EPIPE), (step, errno));
    }

    [Fact]
    public void ResetSignals_AllThatCanBe_AreDefault()
    {
        using var kernel = new RecordingKernel();

        _ = ChildRun.Run(Ended(new PlanBuilder().ResetSignals()));

        IEnumerable<int> signals = kernel.Arguments.Take(62).Select(a => (int)a[0]);
        Assert.Equal(Enumerable.Range(1, 64).Except([ProcessAbi.SIGKILL, ProcessAbi.SIGSTOP]), signals);
    }

    [Fact]
    public unsafe void SetScheduler_Attributes_AreThoseOfTheOp()
    {
        SchedulerAttributes seen = default;
        using var kernel = new RecordingKernel { Answer = (name, a) =>
        {
            if (name == "sched_setattr")
            {
                seen = *(SchedulerAttributes*)a[1];
            }

            return null;
        } };
        var wanted = new SchedulerAttributes { Policy = 6, Flags = 1, Nice = -3, Priority = 2, Runtime = 10, Deadline = 20, Period = 30 };

        _ = ChildRun.Run(Ended(new PlanBuilder().SetScheduler(wanted, restricted: true)));

        wanted.Size = (uint)sizeof(SchedulerAttributes);
        Assert.Equal(wanted, seen);
    }

    [Fact]
    public unsafe void SetMemoryPolicy_NodesAndFlags_AreWhatTheKernelTakes()
    {
        ulong nodes = 0;
        using var kernel = new RecordingKernel { Answer = (name, a) =>
        {
            if (name == "set_mempolicy" && a[1] != 0)
            {
                nodes = *(ulong*)a[1];
            }

            return null;
        } };

        _ = ChildRun.Run(Ended(new PlanBuilder().SetMemoryPolicy(2, 1 << 15, NumberList.Mask("0-1,3")).SetMemoryPolicy(4, 0, [])));

        Assert.Equal(0b1011UL, nodes);
        Assert.Equal((2 | (1 << 15), 65), ((int)kernel.Arguments[0][0], (int)kernel.Arguments[0][2]));
        Assert.Equal([4, 0, 0], kernel.Arguments[1][..3].Select(static number => (int)number));
    }

    private static string ExpectedCalls(LaunchPlan plan)
    {
        var calls = new List<string>();
        var reader = new PlanReader(plan.Bytes);
        while (reader.Next())
        {
            foreach (string call in StepCalls.Of(reader))
            {
                calls.Add(call.EndsWith('*') && call.Contains('|') ? $"(({call[..^1]}) )*" : call.EndsWith('*') ? $"({Regex.Escape(call[..^1])} )*" : call.EndsWith('?') ? $"({Regex.Escape(call[..^1])} )?" : call + " ");
            }
        }

        return $"^{string.Concat(calls).TrimEnd()}$";
    }

    private static LaunchPlan PlanOf(OpCode code)
    {
        PlanBuilder plan = new();
        _ = plan.OpenHost("/", FileAbi.O_PATH, FdSlot.Target);
        _ = code switch
        {
            OpCode.Unshare => plan.Unshare(CloneAbi.CLONE_NEWNS),
            OpCode.SetNamespace => plan.SetNamespace(FdSlot.Target, CloneAbi.CLONE_NEWNET),
            OpCode.CloneSelf => plan.CloneSelf(),
            OpCode.SetHostname => plan.SetHostname("h"),
            OpCode.SetDomainname => plan.SetDomainname("d"),
            OpCode.LoopbackUp => plan.LoopbackUp(),
            OpCode.ChangeNetDevice => plan.ChangeNetDevice("eth0", NetDeviceMessage.BringUp(0)),
            OpCode.JoinKeyring => plan.JoinKeyring("_ses.x"),
            OpCode.GrantKeyring => plan.GrantKeyring(0x80000),
            OpCode.NewSession => plan.NewSession(),
            OpCode.OpenHost => plan.OpenHost("/x", 0, FdSlot.Rootfs),
            OpCode.OpenInRoot => plan.OpenHost("/", 0, FdSlot.Rootfs).OpenInRoot("/x", 0, FdSlot.Mount),
            OpCode.MakePlace => plan.OpenHost("/", 0, FdSlot.Rootfs).MakePlace("/a", FileAbi.S_IFDIR, FdSlot.Mount),
            OpCode.Close => plan.Close(FdSlot.Target),
            OpCode.MakeDirectory => plan.MakeDirectory(FdSlot.Target, "d", 0x1ED),
            OpCode.MakeNode => plan.MakeNode(FdSlot.Target, "n", FileAbi.S_IFCHR, 1, 3),
            OpCode.MakeSymlink => plan.MakeSymlink(FdSlot.Target, "l", "t"),
            OpCode.Unlink => plan.Unlink(FdSlot.Target, "l"),
            OpCode.ChangeOwner => plan.ChangeOwner(FdSlot.Target, 1, 1),
            OpCode.WriteText => plan.WriteText(FdSlot.Target, "text"),
            OpCode.SetFileLabel => plan.SetFileLabel(FdSlot.Target, "u:r:t"),
            OpCode.VerifyNode => plan.VerifyNode(FdSlot.Target, FileAbi.S_IFREG, 0, 0),
            OpCode.VerifyFileSystem => plan.VerifyFileSystem(FdSlot.Target, 0),
            OpCode.Reopen => plan.Reopen(FdSlot.Target, FdSlot.Target, FileAbi.O_RDWR, FdSlot.Terminal),
            OpCode.KeepOpen => plan.KeepOpen(3, 2),
            OpCode.UnlockTerminal => plan.UnlockTerminal(FdSlot.Target),
            OpCode.OpenPeer => plan.OpenPeer(FdSlot.Target, FdSlot.Peer),
            OpCode.SetWindowSize => plan.SetWindowSize(FdSlot.Target, 24, 80),
            OpCode.TakeTerminal => plan.TakeTerminal(FdSlot.Target),
            OpCode.SendDescriptor => plan.SendDescriptor(SyncKind.Terminal, FdSlot.Target),
            OpCode.TellDescriptor => plan.TellDescriptor(SyncKind.Listener, FdSlot.Target),
            OpCode.ChangeDirectory => plan.ChangeDirectory("/"),
            OpCode.ChangeDirectoryTo => plan.ChangeDirectoryTo(FdSlot.Target),
            OpCode.VerifyDirectory => plan.VerifyDirectory(),
            OpCode.SetUmask => plan.SetUmask(0),
            OpCode.Duplicate => plan.Duplicate(FdSlot.Target, 0, 0),
            OpCode.CloseOthers => plan.CloseOthers(3, FdSlot.Sync),
            OpCode.OpenTree => plan.OpenTree(FdSlot.Cwd, "/x", MountAbi.OPEN_TREE_CLONE, FdSlot.Mount),
            OpCode.MoveMount => plan.MoveMount(FdSlot.Target, FdSlot.Cwd, "/x"),
            OpCode.SetMountAttributes => plan.SetMountAttributes(FdSlot.Target, false, MountAbi.MOUNT_ATTR_RDONLY),
            OpCode.OpenFileSystem => plan.OpenFileSystem("tmpfs", FdSlot.FileSystem),
            OpCode.ConfigureFileSystem => plan.ConfigureFileSystem(FdSlot.Target, "size", "1"),
            OpCode.InheritMode => plan.InheritMode(FdSlot.Target, FdSlot.Target),
            OpCode.MountFileSystem => plan.MountFileSystem(FdSlot.Target, 0, FdSlot.Mount),
            OpCode.VerifyPlace => plan.OpenHost("/", 0, FdSlot.Rootfs).VerifyPlace(FdSlot.Target, "/x", allowProc: false),
            OpCode.Mount => plan.Mount("overlay", FdSlot.Target, "overlay", MountAbi.MS_RDONLY, "lowerdir=/a:/b"),
            OpCode.PickFileSystem => plan.PickFileSystem(FdSlot.Target, FdSlot.FileSystem),
            OpCode.TakeMount => plan.TakeMount(new MountSource { Path = "/x", Origin = "mounts[0]" }, FdSlot.Mount),
            OpCode.PivotRoot => plan.PivotRoot(),
            OpCode.ChangeRoot => plan.ChangeRoot(),
            OpCode.Unmount => plan.Unmount(".", MountAbi.MNT_DETACH),
            OpCode.SetGroups => plan.SetGroups([1, 2]),
            OpCode.SetGroup => plan.SetGroup(1),
            OpCode.SetUser => plan.SetUser(1),
            OpCode.DropBoundingSet => plan.DropBoundingSet(0b1011),
            OpCode.SetCapabilities => plan.SetCapabilities(1, 2, 3),
            OpCode.RaiseAmbientSet => plan.RaiseAmbientSet(0b101),
            OpCode.VerifyIdentity => plan.VerifyIdentity(0, 0, 0, 0, 0),
            OpCode.ProcessControl => plan.ProcessControl(ProcessAbi.PR_SET_NO_NEW_PRIVS, 1),
            OpCode.InstallFilter => plan.InstallFilter([new SocketFilter(0x06, 0, 0, SeccompAbi.SECCOMP_RET_ALLOW)], 0),
            OpCode.SetScheduler => plan.SetScheduler(new SchedulerAttributes { Policy = 3, Nice = 5 }, restricted: false),
            OpCode.SetAffinity => plan.SetAffinity([1]),
            OpCode.SetIoPriority => plan.SetIoPriority(2, 6),
            OpCode.SetMemoryPolicy => plan.SetMemoryPolicy(2, 0, [1, 0, 0, 0, 0, 0, 0, 0]),
            OpCode.SetPersonality => plan.SetPersonality(8),
            OpCode.CreateRuleset => plan.CreateRuleset(1, 1, 1, null),
            OpCode.AllowPath => plan.CreateRuleset(1, 0, 0, "refer").AllowPath(FdSlot.Target, 1),
            OpCode.AllowPort => plan.CreateRuleset(0, 1, 0, null).AllowPort(80, 1),
            OpCode.RestrictSelf => plan.CreateRuleset(1, 0, 0, null).RestrictSelf(),
            OpCode.SetLimit => plan.SetLimit(ProcessAbi.RLIMIT_NOFILE, 1, 2),
            OpCode.ResetSignals => plan.ResetSignals(),
            OpCode.UnblockSignals => plan.UnblockSignals(),
            OpCode.Report => plan.Report(SyncKind.Ready),
            OpCode.AwaitGo => plan.AwaitGo(),
            OpCode.WaitForStart => plan.WaitForStart(),
            OpCode.FindProgram => plan.FindProgram("x", ["/x"]),
            OpCode.LookUpHome => plan.LookUpHome(0),
            OpCode.Execute => plan,
            _ => throw new InvalidOperationException($"no plan for {code}"),
        };
        return Ended(plan);
    }

    private static LaunchPlan Ended(PlanBuilder plan) => plan.FindProgram("x", ["/x"]).Execute(["x"], ["A=b"]).Build();
}
