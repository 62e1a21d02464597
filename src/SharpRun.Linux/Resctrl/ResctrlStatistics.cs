using System.Globalization;
using System.Text.Json;
using SharpRun.Spec;

namespace SharpRun.Linux.Resctrl;

/// <summary>What the kernel says of a container's resctrl group, in the form of <c>events</c>.</summary>
internal static class ResctrlStatistics
{
    /// <summary>Writes the members of <c>intel_rdt</c>; what the processor or the kernel does not have is left out.</summary>
    internal static void Write(Utf8JsonWriter json, ResctrlTree tree, IntelRdtSpec spec, string id)
    {
        string root = tree.Root;
        ResctrlGroup group = ResctrlGroup.Of(spec, id, tree);
        string path = group.Path;
        WriteInfo(json, "l3_cache_info", root + "/info/L3", ["cbm_mask", "min_cbm_bits", "num_closids"], texts: 1);
        WriteLine(json, "l3_cache_schema_root", ResctrlTree.TryRead(root + "/schemata"), "L3:");
        WriteLine(json, "l3_cache_schema", ResctrlTree.TryRead(path + "/schemata"), "L3:");
        WriteInfo(json, "mem_bw_info", root + "/info/MB", ["bandwidth_gran", "delay_linear", "min_bandwidth", "num_closids"], texts: 0);
        WriteLine(json, "mem_bw_schema_root", ResctrlTree.TryRead(root + "/schemata"), "MB:");
        WriteLine(json, "mem_bw_schema", ResctrlTree.TryRead(path + "/schemata"), "MB:");
        if (spec.Schemata.Count > 0 && ResctrlTree.TryRead(path + "/schemata") is { } schemata)
        {
            json.WriteStartArray("schemata"u8);
            foreach (string line in Schemata.Lines(schemata))
            {
                json.WriteStringValue(line);
            }

            json.WriteEndArray();
        }

        if (spec.EnableMonitoring)
        {
            WriteCounters(json, group.MonitoringPath + "/mon_data");
        }
    }

    private static void WriteInfo(Utf8JsonWriter json, string name, string folder, string[] files, int texts)
    {
        if (!ResctrlTree.Exists(folder))
        {
            return;
        }

        json.WriteStartObject(name);
        for (int i = 0; i < files.Length; i++)
        {
            string? value = ResctrlTree.TryRead($"{folder}/{files[i]}")?.Trim();
            if (i < texts && !string.IsNullOrEmpty(value))
            {
                json.WriteString(files[i], value);
            }
            else if (ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number > 0)
            {
                json.WriteNumber(files[i], number);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteLine(Utf8JsonWriter json, string name, string? schemata, string begin)
    {
        foreach (string line in Schemata.Lines(schemata))
        {
            if (line.StartsWith(begin, StringComparison.Ordinal))
            {
                json.WriteString(name, line);
                return;
            }
        }
    }

    /// <summary>One entry for each domain of the cache: mon_L3_00, mon_L3_01.</summary>
    private static void WriteCounters(Utf8JsonWriter json, string folder)
    {
        List<string> domains = ResctrlTree.Names(folder);
        domains.Sort(StringComparer.Ordinal);
        WriteArray("mbm_stats", ["mbm_total_bytes", "mbm_local_bytes"]);
        WriteArray("cmt_stats", ["llc_occupancy"]);

        void WriteArray(string name, string[] files)
        {
            json.WriteStartArray(name);
            foreach (string domain in domains)
            {
                json.WriteStartObject();
                foreach (string file in files)
                {
                    _ = ulong.TryParse(ResctrlTree.TryRead($"{folder}/{domain}/{file}"), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out ulong number);
                    json.WriteNumber(file, number);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }
}
