namespace SharpRun.Linux.Cgroups;

/// <summary>One value for one file of a cgroup.</summary>
/// <param name="File">The file's name in the cgroup's directory.</param>
/// <param name="Value">What to write, in one write(2).</param>
/// <param name="JsonPath">The property of config.json that asks for it.</param>
internal sealed record CgroupWrite(string File, string Value, string JsonPath)
{
    /// <summary>A kernel without the file does what the value asks for anyway.</summary>
    internal bool Optional { get; init; }

    /// <summary>Only a preference: where the kernel has nothing that would act on it, it is done without, and that is said.</summary>
    internal bool Preference { get; init; }

    /// <summary>What to write when the kernel does not have the file, or not for this device.</summary>
    internal CgroupWrite? Otherwise { get; init; }

    /// <summary>The controller that the file belongs to.</summary>
    internal string Controller => File[..File.IndexOf('.', StringComparison.Ordinal)];

    /// <summary>The warning about a preference that nothing acts on.</summary>
    internal string HasNoEffect => $"{JsonPath}: has no effect: nothing divides this device by weight";
}
