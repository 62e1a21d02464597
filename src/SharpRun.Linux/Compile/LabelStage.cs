using SharpRun.Linux.Abi;
using SharpRun.Linux.Mounts;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Compile;

/// <summary>The AppArmor profile and the SELinux label that the process enters when it executes its program, and the labels of what it makes.</summary>
/// <remarks>
/// The kernel keeps what is written until the next execve, and hands it on to a child. So it is written first of all, through the host's
/// procfs, which is looked at: nothing of the container is there yet that could lead the write elsewhere or take its place (CVE-2019-16884,
/// CVE-2025-52881). What the kernel does not know fails before anything is made.
/// </remarks>
internal static class LabelStage
{
    /// <summary>The file of AppArmor's own; before Linux 5.8 there is only <see cref="Exec"/>.</summary>
    private const string ApparmorExec = "self/attr/apparmor/exec";

    private const string Exec = "self/attr/exec";
    private const string KeyCreate = "self/attr/keycreate";

    internal static void SetLabels(PlanBuilder plan, ProcessSpec process, InitOptions options)
    {
        string? profile = Given(process.ApparmorProfile);
        string? label = Given(process.SelinuxLabel);
        if (profile is null && label is null)
        {
            return;
        }

        _ = plan.From(profile is not null ? "process.apparmorProfile" : "process.selinuxLabel")
            .OpenHost("/proc", O_PATH | O_DIRECTORY, FdSlot.Proc).VerifyFileSystem(FdSlot.Proc, PROC_SUPER_MAGIC, PROC_ROOT_INO);
        if (profile is not null)
        {
            PlanLabel older = plan.NewLabel();
            PlanLabel opened = plan.NewLabel();
            _ = plan.OpenSelf(FdSlot.Proc, ApparmorExec, O_WRONLY, FdSlot.Target).OnError(older, Errno.ENOENT).OnSuccess(opened);
            plan.Mark(older);
            _ = plan.OpenSelf(FdSlot.Proc, Exec, O_WRONLY, FdSlot.Target);
            plan.Mark(opened);
            _ = plan.WriteText(FdSlot.Target, "exec " + profile).Close(FdSlot.Target);
        }

        if (label is not null)
        {
            _ = plan.From("process.selinuxLabel");
            Write(plan, Exec, label);
            if (options.Keyring is not null)
            {
                // The session keyring that is to be made is the container's too.
                Write(plan, KeyCreate, label);
            }
        }

        _ = plan.From("").Close(FdSlot.Proc);
    }

    /// <summary>Every file of a filesystem that is made for the container has the container's label.</summary>
    /// <remarks>The kernel's own filesystems have labels of their own, and one instance for many mounts.</remarks>
    internal static void SetContext(PlanBuilder plan, string? label, string type, MountOptions? options)
    {
        if (Given(label) is { } given && TakesContext(type) && !HasContext(options))
        {
            _ = plan.ConfigureFileSystem(FdSlot.FileSystem, "context", given);
        }
    }

    /// <summary>The same as an option of mount(2), where quotation marks keep commas together.</summary>
    internal static string WithContext(string data, string? label, string type, MountOptions options) =>
        Given(label) is { } given && TakesContext(type) && !HasContext(options) ? $"{data},context=\"{given}\"" : data;

    /// <summary>A message queue filesystem is labelled by its root alone.</summary>
    internal static void SetQueueLabel(PlanBuilder plan, string? label, string type, FdSlot mount)
    {
        if (Given(label) is { } given && type == "mqueue")
        {
            FdSlot root = plan.NewSlot();
            _ = plan.OpenBelow(mount, ".", O_RDONLY | O_DIRECTORY, root).SetFileLabel(root, given).Close(root);
        }
    }

    private static bool TakesContext(string type) => type is not ("proc" or "sysfs" or "cgroup2" or "mqueue");

    private static bool HasContext(MountOptions? options)
    {
        foreach (string option in options?.Data ?? [])
        {
            if (option.StartsWith("context=", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static void Write(PlanBuilder plan, string path, string label) =>
        _ = plan.OpenSelf(FdSlot.Proc, path, O_WRONLY, FdSlot.Target).WriteText(FdSlot.Target, label).Close(FdSlot.Target);

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
