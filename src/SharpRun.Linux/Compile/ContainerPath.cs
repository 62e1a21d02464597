using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Compile;

/// <summary>Places inside the container: opened below the root descriptor, made where they are missing.</summary>
/// <remarks>Every lookup is below the root again, so no link leads out (Child/PlaceSteps.cs makes what is missing).</remarks>
internal static class ContainerPath
{
    /// <summary>Opens a directory; makes it and its parents with mode 0755 when they are missing.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="path">A clean path.</param>
    /// <param name="result">The register for it.</param>
    /// <param name="resolve">More RESOLVE_* flags.</param>
    /// <param name="existed">Where to go on when it was there; by default, as after making it, with the next op.</param>
    internal static void OpenDirectory(PlanBuilder plan, string path, FdSlot result, ulong resolve = 0, PlanLabel? existed = null)
    {
        PlanLabel done = plan.NewLabel();
        _ = plan.OpenInRoot(path, O_PATH | O_DIRECTORY, result, resolve).Tolerate(Errno.ENOENT).OnSuccess(existed ?? done)
            .MakePlace(path, S_IFDIR | 0x1ED /* 0755 */, result, resolve);
        plan.Mark(done);
    }

    /// <summary>Opens a file of any kind; makes an empty one with mode 0644, and its parents, when it is missing.</summary>
    internal static void OpenFile(PlanBuilder plan, string path, FdSlot result)
    {
        PlanLabel done = plan.NewLabel();
        _ = plan.OpenInRoot(path, O_PATH, result).Tolerate(Errno.ENOENT).OnSuccess(done)
            .MakePlace(path, S_IFREG | 0x1A4 /* 0644 */, result);
        plan.Mark(done);
    }

    /// <summary>Opens the directory of a path, making what is missing; answers its register.</summary>
    internal static FdSlot OpenParent(PlanBuilder plan, string path)
    {
        int slash = path.LastIndexOf('/');
        if (slash <= 0)
        {
            return FdSlot.Rootfs;
        }

        OpenDirectory(plan, path[..slash], FdSlot.Parent);
        return FdSlot.Parent;
    }

    /// <summary>The last element of a clean path.</summary>
    internal static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];
}
