using System.Globalization;
using SharpRun.Spec;

namespace SharpRun.Linux.Cgroups;

/// <summary>How much input and output of block devices.</summary>
internal static class IoController
{
    private const string Path = ResourceWrites.Path + ".blockIO";

    internal static void Append(List<CgroupWrite> writes, BlockIoLimits? io)
    {
        if (io is null)
        {
            return;
        }

        if (io.Weight is { } weight and not 0)
        {
            // The file of the BFQ scheduler counts as the configuration does; io.weight goes from 1 to 10000.
            int converted = 1 + ((weight - 10) * 9999 / 990);
            writes.Add(new CgroupWrite("io.bfq.weight", weight.ToString(CultureInfo.InvariantCulture), Path + ".weight")
            {
                Otherwise = new CgroupWrite("io.weight", converted.ToString(CultureInfo.InvariantCulture), Path + ".weight"),
            });
        }

        for (int i = 0; i < io.WeightDevice.Count; i++)
        {
            BlockIoWeightDevice device = io.WeightDevice[i];
            if (device.Weight is > 0)
            {
                writes.Add(new CgroupWrite(
                    "io.bfq.weight", string.Create(CultureInfo.InvariantCulture, $"{device.Major}:{device.Minor} {device.Weight}"), $"{Path}.weightDevice[{i}]"));
            }
        }

        AppendThrottle(writes, io.ThrottleReadBpsDevice, "rbps", "throttleReadBpsDevice");
        AppendThrottle(writes, io.ThrottleWriteBpsDevice, "wbps", "throttleWriteBpsDevice");
        AppendThrottle(writes, io.ThrottleReadIopsDevice, "riops", "throttleReadIOPSDevice");
        AppendThrottle(writes, io.ThrottleWriteIopsDevice, "wiops", "throttleWriteIOPSDevice");
    }

    private static void AppendThrottle(List<CgroupWrite> writes, IReadOnlyList<BlockIoThrottleDevice> devices, string key, string property)
    {
        for (int i = 0; i < devices.Count; i++)
        {
            string rate = devices[i].Rate == 0 ? "max" : devices[i].Rate.ToString(CultureInfo.InvariantCulture);
            string value = string.Create(CultureInfo.InvariantCulture, $"{devices[i].Major}:{devices[i].Minor} {key}={rate}");
            writes.Add(new CgroupWrite("io.max", value, $"{Path}.{property}[{i}]"));
        }
    }
}
