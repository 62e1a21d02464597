namespace SharpRun.Spec.Validation;

/// <summary>The system call filter.</summary>
internal static class SeccompRules
{
    // MAX_ERRNO: the kernel would cut a larger value down to it.
    private const uint MaxErrno = 4095;

    // SECCOMP_RET_DATA, which is what a tracer gets.
    private const uint MaxTrace = 0xffff;

    private const string At = "linux.seccomp";

    internal static void Check(SeccompSpec? seccomp, RuleProblems problems)
    {
        if (seccomp is null)
        {
            return;
        }

        CheckErrno(seccomp.DefaultAction, seccomp.DefaultErrnoRet, $"{At}.defaultErrnoRet", problems);
        if (seccomp.DefaultAction == SeccompAction.Notify)
        {
            // The calls that send the notification fd away would themselves have to be answered.
            problems.Add($"{At}.defaultAction", "SCMP_ACT_NOTIFY cannot be the default action");
        }

        bool notifies = false;
        for (int i = 0; i < seccomp.Syscalls.Count; i++)
        {
            notifies |= seccomp.Syscalls[i].Action == SeccompAction.Notify;
            CheckRule(seccomp.Syscalls[i], i, problems);
        }

        if (notifies && seccomp.ListenerPath is null)
        {
            problems.Add($"{At}.listenerPath", "must be set for SCMP_ACT_NOTIFY");
        }

        if (seccomp.ListenerPath is { } path && !path.StartsWith('/'))
        {
            problems.Add($"{At}.listenerPath", "must be an absolute path");
        }

        if (seccomp.ListenerMetadata is not null && seccomp.ListenerPath is null)
        {
            problems.Add($"{At}.listenerMetadata", "must not be set without listenerPath");
        }
    }

    private static void CheckRule(SeccompRule rule, int index, RuleProblems problems)
    {
        if (rule.Names.Count == 0)
        {
            problems.Add($"{At}.syscalls[{index}].names", "must not be empty");
        }

        if (rule.ErrnoRet is not null)
        {
            CheckErrno(rule.Action, rule.ErrnoRet, $"{At}.syscalls[{index}].errnoRet", problems);
        }

        for (int i = 0; i < rule.Names.Count; i++)
        {
            if (rule.Names[i].Length == 0)
            {
                problems.Add($"{At}.syscalls[{index}].names[{i}]", "must not be empty");
            }
            else if (rule.Action == SeccompAction.Notify && rule.Names[i] == "write")
            {
                problems.Add($"{At}.syscalls[{index}].names[{i}]", "SCMP_ACT_NOTIFY cannot be used for write");
            }
        }
    }

    private static void CheckErrno(SeccompAction action, uint? errno, string at, RuleProblems problems)
    {
        if (errno is null || action < 0)
        {
            return;
        }

        uint max = action == SeccompAction.Trace ? MaxTrace : MaxErrno;
        if (action is not (SeccompAction.Errno or SeccompAction.Trace))
        {
            problems.Add(at, "only for SCMP_ACT_ERRNO and SCMP_ACT_TRACE");
        }
        else if (errno > max)
        {
            problems.Add(at, $"must be an integer from 0 to {max}");
        }
    }
}
