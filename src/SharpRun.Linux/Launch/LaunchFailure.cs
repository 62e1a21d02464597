using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;

namespace SharpRun.Linux.Launch;

/// <summary>Turns a step number and an errno into words: what was to be done, for which part of config.json, and why it failed.</summary>
internal static class LaunchFailure
{
    /// <summary>The failure of one step, as the child reported it.</summary>
    internal static LinuxException Of(LaunchRequest request, int step, Errno errno)
    {
        var reader = new PlanReader(request.Plan.Bytes);
        string? source = null;
        string? attribute = null;
        string? type = null;
        while (reader.Next())
        {
            source = MountSourceOf(reader, request.Plan) ?? source;

            // Of two that are tried, the first.
            attribute ??= AttributeFailure.FileOf(reader);
            type = reader.Header.Code == OpCode.OpenFileSystem ? reader.Text(reader.As<OpenFileSystemOp>().Type) : type;
            if (reader.Header.Step == step)
            {
                return Of(reader, errno, request.FailurePrefix, source, attribute, type);
            }

            attribute = reader.Header.Code == OpCode.WriteText ? null : attribute;
        }

        return new LinuxException($"{request.FailurePrefix}{ErrnoText.Name(errno)} ({ErrnoText.Describe(errno)})");
    }

    /// <summary>The child went silent or died in a step.</summary>
    internal static LinuxException Of(LaunchRequest request, int step, string what)
    {
        var reader = new PlanReader(request.Plan.Bytes);
        while (reader.Next())
        {
            if (reader.Header.Step == step)
            {
                string number = step.ToString(CultureInfo.InvariantCulture);
                return new LinuxException($"{request.FailurePrefix}the process {what} in step {number} ({StepText.Of(reader)})");
            }
        }

        return new LinuxException($"{request.FailurePrefix}the process {what} before its first step");
    }

    /// <summary>What the parent was asked to do in a step has failed.</summary>
    internal static LinuxException Of(LaunchRequest request, int step, string what, LinuxException error)
    {
        string origin = request.Plan.FindStep(step) is { } header ? request.Plan.Text(header.Origin) : "";
        return new LinuxException(
            $"{request.FailurePrefix}{origin}: {what}: {error.Message}, step {step.ToString(CultureInfo.InvariantCulture)}", error.Errno, error.Operation ?? "", step, origin);
    }

    /// <summary>The host path that an op copies a mount of; null for another op.</summary>
    private static string? MountSourceOf(PlanReader op, LaunchPlan plan) => op.Header.Code switch
    {
        OpCode.OpenTree when op.As<OpenTreeOp>().Directory == FdSlot.Cwd => op.Text(op.As<OpenTreeOp>().Path),
        OpCode.TakeMount => plan.Sources[op.As<TakeMountOp>().Index].Path,
        _ => null,
    };

    private static LinuxException Of(PlanReader op, Errno errno, string prefix, string? source, string? attribute, string? type)
    {
        string origin = op.Text(op.Header.Origin) ?? "";
        string operation = StepText.CallName(op);
        string cause = $"{ErrnoText.Name(errno)} ({ErrnoText.Describe(errno)})";
        string message = AttributeFailure.Explain(op, errno, attribute) ?? op.Header.Code switch
        {
            // The words that engines look for; see behaviour contract, error phrases.
            OpCode.FindProgram => ProgramMessage(op, errno),
            OpCode.ChangeDirectory => $"{origin}: chdir to cwd (\"{op.Text(op.As<PathOp>().Path)}\") failed: {ErrnoText.Describe(errno)}",
            OpCode.VerifyDirectory => $"{origin}: current working directory is outside of container mount namespace root -- possible container breakout detected",
            OpCode.Execute => $"exec: \"{op.Texts(op.As<ExecuteOp>().Arguments)[0]}\": {ErrnoText.Describe(errno)}",
            OpCode.VerifyIdentity => $"{origin}: the kernel did not give the process exactly the configured ids and capabilities",
            OpCode.SetMountAttributes when errno == Errno.EPERM && LockedFlags.Explain(op, origin, source) is { } locked =>
                $"{origin}: failed to set user-requested vfs flags on bind-mount: {locked}: {ErrnoText.Describe(errno)}",
            OpCode.OpenInRoot or OpCode.MakePlace when errno is Errno.ELOOP or Errno.ENOTDIR && IsOrdinaryDirectory(op) =>
                $"{origin}.destination: {StepText.Of(op)}: a filesystem of the kernel's must be mounted on ordinary directory: {cause}",
            OpCode.VerifyFileSystem when errno == Errno.ENODEV && origin.StartsWith("mounts[", StringComparison.Ordinal) =>
                $"{origin}.destination: \"/proc\" cannot be mounted because it is not of type proc: the source must be the root of a procfs",
            OpCode.VerifyPlace when errno == Errno.EBUSY => $"{origin}.destination: mountpoint \"{op.Text(op.As<VerifyPlaceOp>().Path)}\" is on the top of rootfs",
            OpCode.VerifyPlace when errno == Errno.EXDEV => $"{origin}.destination: \"{op.Text(op.As<VerifyPlaceOp>().Path)}\" cannot be mounted because it is inside /proc",
            OpCode.AwaitGo when errno == Errno.EPIPE => "the runtime ended before the container was written down",
            _ => $"{origin}{(origin.Length == 0 ? "" : ": ")}{StepText.Of(op)}: {cause}{UserNamespaceRefusal.Explain(op, errno, type)}",
        };
        return new LinuxException(
            $"{prefix}{message}, step {op.Header.Step.ToString(CultureInfo.InvariantCulture)}", errno, operation, op.Header.Step, origin);
    }

    /// <summary>The place of a mount of proc or sysfs: the only directories that are opened without following a link.</summary>
    private static bool IsOrdinaryDirectory(PlanReader op) => op.Text(op.Header.Origin) is { } origin
        && origin.StartsWith("mounts[", StringComparison.Ordinal)
        && ((op.Header.Code == OpCode.OpenInRoot ? op.As<OpenInRootOp>().Resolve : op.As<MakePlaceOp>().Resolve) & FileAbi.RESOLVE_NO_SYMLINKS) != 0;

    private static string ProgramMessage(PlanReader op, Errno errno)
    {
        string[] candidates = op.Texts(op.As<FindProgramOp>().Candidates);
        string name = op.Text(op.As<FindProgramOp>().Name) ?? "";
        return errno == Errno.ENOENT && !name.Contains('/') ? $"exec: \"{name}\": executable file not found in $PATH"
            : errno == Errno.ENOENT && candidates.Length > 0 ? $"exec: \"{name}\": stat {candidates[0]}: {ErrnoText.Describe(errno)}"
            : $"exec: \"{name}\": {ErrnoText.Describe(errno)}";
    }
}
