using SharpRun.Spec;

namespace SharpRun.Linux.Mounts;

/// <summary>Which options of one mount contradict each other, or its kind.</summary>
internal static class MountOptionRules
{
    /// <summary>Every problem of a mount's options, as the end of a sentence that begins with their path.</summary>
    internal static IReadOnlyList<string> Check(MountSpec mount, LinuxSpec linux)
    {
        var options = MountOptions.Parse(mount.Options);
        if (options is { Bind: true, Remount: false, Data.Count: 0, CopyUp: false, CopySymlink: false, IdMap: null })
        {
            return [];
        }

        var problems = new List<string>();
        if (options.Bind && options.Data.Count > 0)
        {
            problems.Add($"{JsonPath.Quote(options.Data[0])} cannot be applied to a bind mount: bind mounts cannot have any filesystem-specific options applied");
        }

        if (options.CopyUp && (options.Bind || options.Remount || mount.Type != "tmpfs"))
        {
            problems.Add($"\"{MountOptionTable.CopyUp}\" is for a new tmpfs");
        }

        if (!options.Bind || options.Remount)
        {
            Refuse(options.CopySymlink, MountOptionTable.CopySymlink, problems);
            Refuse(options.SourceNoFollow, MountOptionTable.SourceNoFollow, problems);
            Refuse(options.IdMap is not null, MountOptionTable.IdMap, problems);
        }

        if (options.CopySymlink && (options.SourceNoFollow || options.DestinationNoFollow))
        {
            problems.Add($"\"{MountOptionTable.CopySymlink}\" excludes \"{MountOptionTable.SourceNoFollow}\" and \"{MountOptionTable.DestinationNoFollow}\"");
        }

        if (LongData.Problem(mount, options) is { } tooLong)
        {
            problems.Add(tooLong);
        }

        if (options.IdMap is { Text.Length: > 0 } map)
        {
            CheckMappings(mount, map, linux, problems);
        }

        return problems;
    }

    private static void CheckMappings(MountSpec mount, IdMapOption map, LinuxSpec linux, List<string> problems)
    {
        if (mount.UidMappings.Count > 0)
        {
            problems.Add("mappings are given twice: here and as uidMappings and gidMappings");
            return;
        }

        try
        {
            _ = map.Mappings(linux);
        }
        catch (LinuxException error)
        {
            problems.Add(error.Message);
        }
    }

    private static void Refuse(bool present, string option, List<string> problems)
    {
        if (present)
        {
            problems.Add($"\"{option}\" is for a new bind mount");
        }
    }
}
