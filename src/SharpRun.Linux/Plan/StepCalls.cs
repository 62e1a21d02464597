using System.Numerics;

namespace SharpRun.Linux.Plan;

/// <summary>The system calls that an op makes, in order: what strace must show. "x*" may repeat, "x?" may be missing, "x|y*" any of them.</summary>
internal static class StepCalls
{
    /// <summary>The calls of the reader's current op.</summary>
    internal static string[] Of(PlanReader op)
    {
        switch (op.Header.Code)
        {
            case OpCode.CloneSelf: return ["clone3", "write?", "exit_group?"];
            case OpCode.LoopbackUp: return ["socket", "ioctl", "close"];
            case OpCode.ChangeNetDevice: return ["socket", "ioctl", "sendto", "recvfrom", "close"];
            case OpCode.GrantKeyring: return ["keyctl", "keyctl"];
            case OpCode.InheritMode: return ["statx", "fsconfig"];
            case OpCode.VerifyIdentity: return ["getresuid", "getresgid", "capget"];
            case OpCode.ResetSignals: return Repeat("rt_sigaction", 62);
            case OpCode.MakePlace: return ["statx?", "openat2|readlinkat|mkdirat|mknodat|close*"];
            case OpCode.MakeSymlink when op.As<MakeSymlinkOp>().UnlessEqual != 0: return ["symlinkat", "readlinkat?"];
            case OpCode.VerifyFileSystem: return ["fstatfs", "statx?"];
            case OpCode.VerifyPlace: return ["statx*", "fstatfs?"];
            case OpCode.TakeMount: return ["write", "recvmsg"];
            case OpCode.CloseOthers: return ["close_range*"];
            case OpCode.KeepOpen: return Repeat("fcntl", op.As<KeepOpenOp>().Count);
            case OpCode.DropBoundingSet or OpCode.RaiseAmbientSet:
                return Repeat("prctl", BitOperations.PopCount(op.As<NumberOp>().Value));
            case OpCode.FindProgram: return ["statx|newfstatat|faccessat2|faccessat*"];
            case OpCode.LookUpHome: return ["openat", "statx?", "read*", "close?"];
            default: return [StepText.CallName(op)];
        }
    }

    private static string[] Repeat(string call, int count)
    {
        string[] calls = new string[count];
        Array.Fill(calls, call);
        return calls;
    }
}
