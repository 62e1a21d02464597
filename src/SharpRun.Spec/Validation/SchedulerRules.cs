namespace SharpRun.Spec.Validation;

/// <summary>Which scheduling parameters go with which policy, see sched_setattr(2).</summary>
internal static class SchedulerRules
{
    internal static void Check(SchedulerSpec scheduler, string at, RuleProblems problems)
    {
        SchedulerPolicy policy = scheduler.Policy;
        if (policy < 0)
        {
            return; // The policy could not be read.
        }

        if (scheduler.Nice is { } nice && nice != 0)
        {
            if (policy is not (SchedulerPolicy.Other or SchedulerPolicy.Batch))
            {
                problems.Add(at + ".nice", "only for SCHED_OTHER and SCHED_BATCH");
            }
            else if (nice is < -20 or > 19)
            {
                problems.Add(at + ".nice", "must be an integer from -20 to 19");
            }
        }

        bool isRealTime = policy is SchedulerPolicy.Fifo or SchedulerPolicy.RoundRobin;
        if (scheduler.Priority is { } priority && priority != 0 && !isRealTime)
        {
            problems.Add(at + ".priority", "only for SCHED_FIFO and SCHED_RR");
        }
        else if (isRealTime && scheduler.Priority is not (>= 1 and <= 99))
        {
            problems.Add(at + ".priority", "must be an integer from 1 to 99");
        }

        if (policy != SchedulerPolicy.Deadline)
        {
            CheckDeadline(scheduler.Runtime, at + ".runtime", problems);
            CheckDeadline(scheduler.Deadline, at + ".deadline", problems);
            CheckDeadline(scheduler.Period, at + ".period", problems);
        }
        else
        {
            CheckTimes(scheduler, at, problems);
        }
    }

    private static void CheckTimes(SchedulerSpec scheduler, string at, RuleProblems problems)
    {
        ulong runtime = scheduler.Runtime ?? 0;
        ulong deadline = scheduler.Deadline ?? 0;
        if (runtime == 0)
        {
            problems.Add(at + ".runtime", "must be set for SCHED_DEADLINE");
        }

        if (deadline == 0)
        {
            problems.Add(at + ".deadline", "must be set for SCHED_DEADLINE");
        }
        else if (runtime > deadline)
        {
            problems.Add(at + ".runtime", "must not be longer than the deadline");
        }

        if (scheduler.Period is > 0 and var period && deadline > period)
        {
            problems.Add(at + ".deadline", "must not be later than the period");
        }
    }

    private static void CheckDeadline(ulong? value, string at, RuleProblems problems)
    {
        if (value is > 0)
        {
            problems.Add(at, "only for SCHED_DEADLINE");
        }
    }
}
