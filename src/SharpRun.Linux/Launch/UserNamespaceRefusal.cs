using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Linux.Syscalls;

namespace SharpRun.Linux.Launch;

/// <summary>Refusals of the kernel that have to do with user namespaces and that the error number does not tell (mount_namespaces(7)).</summary>
internal static class UserNamespaceRefusal
{
    /// <summary>The end of a message that says why; empty when it is not known.</summary>
    /// <param name="op">The op that failed.</param>
    /// <param name="errno">Its error.</param>
    /// <param name="type">The filesystem that was opened last.</param>
    internal static string Explain(PlanReader op, Errno errno, string? type) => op.Header.Code switch
    {
        OpCode.ConfigureFileSystem or OpCode.MountFileSystem when errno == Errno.EPERM && type is "proc" or "sysfs" =>
            $": in a user namespace {type} can be mounted only with the {(type == "proc" ? "pid" : "network")} namespace new too, and where an older mount of it can be seen whole: {Hidden(type)}",
        OpCode.OpenTree when errno == Errno.EINVAL && op.As<OpenTreeOp>() is { Directory: FdSlot.Cwd, Flags: var flags } && (flags & (uint)FileAbi.AT_RECURSIVE) == 0 =>
            ": the source has mounts below it, which must not be uncovered in a user namespace; with \"rbind\" they come along",
        _ => "",
    };

    /// <summary>What covers part of the one that is there.</summary>
    private static string Hidden(string type)
    {
        string whole = type == "proc" ? "/proc" : "/sys";
        foreach (MountLine mount in MountTable.Read())
        {
            if (mount.MountPoint.StartsWith(whole + "/", StringComparison.Ordinal))
            {
                return $"{mount.MountPoint} is covered";
            }
        }

        return $"{whole} is not one, or is read-only";
    }
}
