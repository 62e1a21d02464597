namespace SharpRun.Linux.Systemd;

/// <summary>Which unit a container is, and where systemd puts its cgroup: <c>linux.cgroupsPath</c> as <c>slice:prefix:name</c>.</summary>
/// <param name="Slice">The slice that it is in, or, for a slice, wants.</param>
/// <param name="Unit">The unit: a scope, or a slice when the name says so.</param>
internal sealed record UnitName(string Slice, string Unit)
{
    private const string Property = "linux.cgroupsPath";
    private const string SliceSuffix = ".slice";
    private const int MaxLength = 255;

    /// <summary>Whether it is a slice, which systemd gives no processes.</summary>
    internal bool IsSlice => Unit.EndsWith(SliceSuffix, StringComparison.Ordinal);

    /// <summary>The path of its cgroup below that of systemd itself.</summary>
    internal string CgroupPath => IsSlice ? Expand(Unit) : $"{Expand(Slice)}/{Unit}";

    /// <summary>Reads the property.</summary>
    /// <param name="cgroupsPath">The property; null or empty for none.</param>
    /// <param name="id">The container's id, the name of one that is not configured.</param>
    /// <param name="isUser">A user's systemd, which has other slices.</param>
    /// <exception cref="LinuxException">It has another form, or names nothing that can be a unit.</exception>
    internal static UnitName Of(string? cgroupsPath, string id, bool isUser)
    {
        string[] parts = string.IsNullOrEmpty(cgroupsPath) ? ["", "sharprun", id] : cgroupsPath.Split(':');
        if (parts.Length != 3)
        {
            throw new LinuxException($"{Property}: expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \"{cgroupsPath}\" instead");
        }

        string slice = parts[0].Length > 0 ? parts[0] : isUser ? "user.slice" : "system.slice";
        string unit = parts[2].EndsWith(SliceSuffix, StringComparison.Ordinal) ? parts[2] : $"{parts[1]}-{parts[2]}.scope";
        RequireName(unit);
        var name = new UnitName(slice, unit);
        _ = Expand(slice);
        return name.CgroupPath.Length == 0 ? throw new LinuxException($"{Property}: the root slice cannot be a container's") : name;
    }

    /// <summary>The path of a slice: each dash is a level, so <c>a-b.slice</c> is <c>/a.slice/a-b.slice</c>.</summary>
    internal static string Expand(string slice)
    {
        if (slice == "-" + SliceSuffix)
        {
            return "";
        }

        RequireName(slice);
        string stem = slice.EndsWith(SliceSuffix, StringComparison.Ordinal) ? slice[..^SliceSuffix.Length] : "";
        string path = "";
        string prefix = "";
        foreach (string element in stem.Split('-'))
        {
            if (element.Length == 0)
            {
                throw new LinuxException($"{Property}: \"{slice}\" is not the name of a slice");
            }

            prefix += prefix.Length == 0 ? element : "-" + element;
            path += $"/{prefix}{SliceSuffix}";
        }

        return path;
    }

    private static void RequireName(string name)
    {
        bool isGood = name.Length <= MaxLength;
        foreach (char letter in name)
        {
            isGood &= char.IsAsciiLetterOrDigit(letter) || letter is ':' or '-' or '_' or '.' or '\\' or '@';
        }

        if (!isGood)
        {
            throw new LinuxException($"{Property}: \"{name}\" is not the name of a unit");
        }
    }
}
