using System.Globalization;
using SharpRun.Spec;

namespace SharpRun.Linux.Cgroups;

/// <summary>How much of RDMA devices.</summary>
internal static class RdmaController
{
    internal static void Append(List<CgroupWrite> writes, IReadOnlyDictionary<string, RdmaLimit> devices)
    {
        foreach ((string device, RdmaLimit limit) in devices)
        {
            string handles = limit.HcaHandles is { } handle ? string.Create(CultureInfo.InvariantCulture, $" hca_handle={handle}") : "";
            string objects = limit.HcaObjects is { } count ? string.Create(CultureInfo.InvariantCulture, $" hca_object={count}") : "";
            if (handles.Length + objects.Length > 0)
            {
                writes.Add(new CgroupWrite("rdma.max", device + handles + objects, JsonPath.Member(ResourceWrites.Path + ".rdma", device)));
            }
        }
    }
}
