using SharpRun.Linux.Abi;
using SharpRun.Linux.Resctrl;

namespace SharpRun.Linux.Tests.Resctrl;

/// <summary>A folder that looks like a resctrl filesystem: a new group has its files at once, and goes with them.</summary>
internal sealed class FakeResctrl : ResctrlTree, IDisposable
{
    internal const string DefaultSchemata = "    MB:0=100;1=100\n    L3:0=fffff;1=fffff\n";

    internal FakeResctrl()
        : base(Directory.CreateTempSubdirectory("sharprun-resctrl-").FullName)
    {
        Populate(Root);
        _ = Directory.CreateDirectory(Root + "/info/L3");
        _ = Directory.CreateDirectory(Root + "/info/MB");
        File.WriteAllText(Root + "/info/last_cmd_status", "ok\n");
        File.WriteAllText(Root + "/info/L3/cbm_mask", "fffff\n");
        File.WriteAllText(Root + "/info/L3/min_cbm_bits", "1\n");
        File.WriteAllText(Root + "/info/L3/num_closids", "16\n");
        File.WriteAllText(Root + "/info/MB/bandwidth_gran", "10\n");
    }

    /// <summary>Every write, in order: the file below the root, and the text.</summary>
    internal List<string> Made { get; } = [];

    /// <summary>A group that cannot be made, with the error.</summary>
    internal (string Name, Errno Errno)? Refused { get; init; }

    internal override Errno TryMakeGroup(string path)
    {
        if (Refused is { } refused && path.EndsWith(refused.Name, StringComparison.Ordinal))
        {
            return refused.Errno;
        }

        Errno errno = base.TryMakeGroup(path);
        if (errno == 0)
        {
            Made.Add(path[Root.Length..]);
            Populate(path);
        }

        return errno;
    }

    internal override Errno TryRemoveGroup(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        return base.TryRemoveGroup(path);
    }

    internal string Text(string file) => File.ReadAllText(Root + file);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static void Populate(string group)
    {
        File.WriteAllText(group + "/tasks", "");
        if (Path.GetFileName(Path.GetDirectoryName(group)) == "mon_groups")
        {
            _ = Directory.CreateDirectory(group + "/mon_data/mon_L3_00");
            File.WriteAllText(group + "/mon_data/mon_L3_00/llc_occupancy", "4096\n");
            File.WriteAllText(group + "/mon_data/mon_L3_00/mbm_total_bytes", "7\n");
            File.WriteAllText(group + "/mon_data/mon_L3_00/mbm_local_bytes", "5\n");
            return;
        }

        File.WriteAllText(group + "/schemata", DefaultSchemata);
        _ = Directory.CreateDirectory(group + "/mon_groups");
    }
}
