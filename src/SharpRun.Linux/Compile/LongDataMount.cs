using SharpRun.Linux.Mounts;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.MountAbi;

namespace SharpRun.Linux.Compile;

/// <summary>A mount whose options are too long for fsconfig(2): made by mount(2) at its place.</summary>
internal static class LongDataMount
{
    /// <param name="context">What every mount needs.</param>
    /// <param name="entry">The mount.</param>
    /// <param name="later">It becomes read-only at the end, when everything below it is in place.</param>
    internal static void Compile(MountContext context, MountEntry entry, bool later)
    {
        PlanBuilder plan = context.Plan;
        MountOptions options = entry.Options;
        ulong attributes = later ? options.Set & ~MOUNT_ATTR_RDONLY : options.Set;
        MountPlace.OpenDirectory(plan, entry, withoutLinks: entry.Type is "proc" or "sysfs");
        string source = string.IsNullOrEmpty(entry.Mount.Source) ? entry.Type : entry.Mount.Source;
        string data = LabelStage.WithContext(LongData.Join(options), context.Spec.Linux.MountLabel, entry.Type, options);
        _ = plan.Mount(source, FdSlot.Target, entry.Type, Flags(options, attributes), data).Close(FdSlot.Target);
        if (!later && options.Propagation.Count == 0 && (options.RecursiveSet | options.RecursiveClear) == 0)
        {
            return;
        }

        // The register was that of the place below: what covers it is found by its path again.
        FdSlot mount = later ? plan.NewSlot() : FdSlot.Mount;
        _ = plan.OpenInRoot(entry.Path, O_PATH | O_DIRECTORY, mount);
        MountPlace.SetRecursive(plan, mount, options);
        MountPlace.SetPropagation(plan, mount, options);
        if (later)
        {
            context.ReadOnlyLater.Add((mount, entry.Origin));
        }
        else
        {
            _ = plan.Close(mount);
        }
    }

    private static ulong Flags(MountOptions options, ulong attributes)
    {
        // The first four are the same everywhere.
        ulong flags = attributes & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);
        flags |= (attributes & MOUNT_ATTR__ATIME) switch { MOUNT_ATTR_NOATIME => MS_NOATIME, MOUNT_ATTR_STRICTATIME => MS_STRICTATIME, _ => 0 };
        flags |= (attributes & MOUNT_ATTR_NODIRATIME) != 0 ? MS_NODIRATIME : 0;
        flags |= (attributes & MOUNT_ATTR_NOSYMFOLLOW) != 0 ? MS_NOSYMFOLLOW : 0;
        foreach (string flag in options.InstanceFlags)
        {
            flags |= flag switch
            {
                "sync" => MS_SYNCHRONOUS,
                "dirsync" => MS_DIRSYNC,
                "mand" => MS_MANDLOCK,
                "lazytime" => MS_LAZYTIME,
                "iversion" => MS_I_VERSION,
                _ => throw new LinuxException($"no flag of mount(2) for {flag}"),
            };
        }

        return flags;
    }
}
