using SharpRun.Linux.Mounts;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Compile;

/// <summary>The option <c>remount</c>: the mount that is at the destination is changed; nothing is mounted.</summary>
/// <remarks>With <c>bind</c> its flags alone, without also its filesystem: the two meanings of mount(8). What is not named stays.</remarks>
internal static class RemountStep
{
    internal static void Compile(PlanBuilder plan, MountEntry entry)
    {
        MountOptions options = entry.Options;
        _ = plan.OpenInRoot(entry.Path, O_PATH, FdSlot.Target);
        if (!options.Bind && options.Data.Count + options.InstanceFlags.Count > 0)
        {
            _ = plan.PickFileSystem(FdSlot.Target, FdSlot.FileSystem);
            FileSystemMount.SetOptions(plan, options);
            _ = plan.ReconfigureFileSystem(FdSlot.FileSystem).Close(FdSlot.FileSystem);
        }

        if ((options.Set | options.Clear) != 0)
        {
            _ = plan.SetMountAttributes(FdSlot.Target, recursive: false, options.Set, MountPlace.Cleared(options.Set, options.Clear));
        }

        MountPlace.SetRecursive(plan, FdSlot.Target, options);
        MountPlace.SetPropagation(plan, FdSlot.Target, options);
        _ = plan.Close(FdSlot.Target);
    }
}
