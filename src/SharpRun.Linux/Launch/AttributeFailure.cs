using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;

namespace SharpRun.Linux.Launch;

/// <summary>The words for labels and scheduling attributes that the kernel refused.</summary>
internal static class AttributeFailure
{
    /// <summary>The file of the procfs that an op opens; null for another op.</summary>
    internal static string? FileOf(PlanReader op) =>
        op.Header.Code == OpCode.OpenInRoot && op.As<OpenInRootOp>().Root == FdSlot.Proc ? op.Text(op.As<OpenInRootOp>().Path) : null;

    /// <summary>What went wrong; null when the op is about something else.</summary>
    /// <param name="op">The op that failed.</param>
    /// <param name="errno">How.</param>
    /// <param name="file">The file of the procfs that was opened last.</param>
    internal static string? Explain(PlanReader op, Errno errno, string? file)
    {
        string cause = $"{ErrnoText.Name(errno)} ({ErrnoText.Describe(errno)})";
        return op.Text(op.Header.Origin) switch
        {
            "process.apparmorProfile" => "process.apparmorProfile: apparmor failed to apply profile: " + Profile(op, errno, cause, file),
            "process.selinuxLabel" => "process.selinuxLabel: " + Label(op, errno, cause, file),
            "process.scheduler" when errno == Errno.EPERM && op.Header.Code == OpCode.SetScheduler && op.As<SetSchedulerOp>().Restricted != 0 =>
                $"process.scheduler: {StepText.Of(op)}: {cause}: process scheduler can't be used together with AllowedCPUs (linux.resources.cpu.cpus)",
            _ => null,
        };
    }

    /// <remarks>
    /// Callers look for the file's name in back-quotes. They take "no such file" for a program that is missing, so a profile that is
    /// missing has other words.
    /// </remarks>
    private static string Profile(PlanReader op, Errno errno, string cause, string? file) => op.Header.Code switch
    {
        OpCode.WriteText when errno == Errno.ENOENT => $"write `/proc/{file}`: the profile in {Written(op)} is not loaded (ENOENT)",
        OpCode.WriteText => $"write {Written(op)} to `/proc/{file}`: {cause}",
        _ => $"{StepText.Of(op)}: {cause}",
    };

    private static string Label(PlanReader op, Errno errno, string cause, string? file) => op.Header.Code switch
    {
        OpCode.WriteText => $"write {Written(op)} to `/proc/{file}`: {cause}{(errno == Errno.EINVAL ? ": the loaded policy does not know this label" : "")}",
        _ => $"{StepText.Of(op)}: {cause}",
    };

    private static string Written(PlanReader op) => $"\"{op.Text(op.As<WriteTextOp>().Text)}\"";
}
