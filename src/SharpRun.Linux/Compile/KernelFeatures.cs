namespace SharpRun.Linux.Compile;

/// <summary>System calls that an older kernel lacks, or that the sandbox the runtime is in does not let through.</summary>
/// <param name="OpenAt2">openat2(2), Linux 5.6. Without it paths are walked one element at a time.</param>
/// <param name="MountAttributes">mount_setattr(2), Linux 5.12. Without it flags are changed by mount(2), after a mount is in its place.</param>
internal readonly record struct KernelFeatures(bool OpenAt2, bool MountAttributes)
{
    /// <summary>A kernel that has everything.</summary>
    internal static KernelFeatures All => new(OpenAt2: true, MountAttributes: true);
}
