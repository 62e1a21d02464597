using SharpRun.Spec;

namespace SharpRun.Linux.Cgroups;

/// <summary>Files of cgroup v2 by their own names; a value of several lines is written line by line, as the kernel reads it.</summary>
internal static class UnifiedController
{
    internal static void Append(List<CgroupWrite> writes, IReadOnlyDictionary<string, string> files)
    {
        foreach ((string file, string value) in files)
        {
            foreach (string line in value.Split('\n'))
            {
                if (line.Length > 0)
                {
                    writes.Add(new CgroupWrite(file, line, JsonPath.Member(ResourceWrites.Path + ".unified", file)));
                }
            }
        }
    }
}
