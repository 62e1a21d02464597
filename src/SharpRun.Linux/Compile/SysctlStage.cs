using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Compile;

/// <summary>Kernel parameters of the container's own namespaces.</summary>
/// <remarks>
/// Written through the host's procfs, which is opened before anything of the container is there to redirect it (CVE-2025-52881): procfs shows
/// the parameters of the namespaces that the opening process is in. Which names are allowed is checked with the configuration.
/// </remarks>
internal static class SysctlStage
{
    internal static void OpenParameters(PlanBuilder plan, LinuxSpec linux)
    {
        if (linux.Sysctl.Count > 0)
        {
            _ = plan.From("linux.sysctl").OpenHost("/proc/sys", O_PATH | O_DIRECTORY, FdSlot.Parameters)
                .VerifyFileSystem(FdSlot.Parameters, PROC_SUPER_MAGIC);
        }
    }

    internal static void Write(PlanBuilder plan, LinuxSpec linux)
    {
        if (linux.Sysctl.Count == 0)
        {
            return;
        }

        foreach ((string key, string value) in linux.Sysctl)
        {
            _ = plan.From(JsonPath.Member("linux.sysctl", key))
                .OpenBelow(FdSlot.Parameters, SysctlKey.ToPath(key), O_WRONLY, FdSlot.Target)
                .WriteText(FdSlot.Target, value)
                .Close(FdSlot.Target);
        }

        _ = plan.From("linux.sysctl").Close(FdSlot.Parameters);
    }
}
