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
            AppendWeight(writes, "", weight, Path + ".weight");
        }

        for (int i = 0; i < io.WeightDevice.Count; i++)
        {
            BlockIoWeightDevice device = io.WeightDevice[i];
            if (device.Weight is > 0 and var own)
            {
                AppendWeight(writes, string.Create(CultureInfo.InvariantCulture, $"{device.Major}:{device.Minor} "), own, $"{Path}.weightDevice[{i}]");
            }
        }

        AppendThrottle(writes, io.ThrottleReadBpsDevice, "rbps", "throttleReadBpsDevice");
        AppendThrottle(writes, io.ThrottleWriteBpsDevice, "wbps", "throttleWriteBpsDevice");
        AppendThrottle(writes, io.ThrottleReadIopsDevice, "riops", "throttleReadIOPSDevice");
        AppendThrottle(writes, io.ThrottleWriteIopsDevice, "wiops", "throttleWriteIOPSDevice");
    }

    /// <summary>The file of the BFQ scheduler counts as the configuration does, from 10 to 1000; io.weight goes from 1 to 10000.</summary>
    private static void AppendWeight(List<CgroupWrite> writes, string device, ushort weight, string path)
    {
        int converted = 1 + ((weight - 10) * 9999 / 990);
        writes.Add(new CgroupWrite("io.bfq.weight", device + weight.ToString(CultureInfo.InvariantCulture), path)
        {
            Otherwise = new CgroupWrite("io.weight", device + converted.ToString(CultureInfo.InvariantCulture), path)
            {
                // The weight on one disk is refused (EOPNOTSUPP) while nothing divides that disk by weight.
                Preference = device.Length > 0,
            },
        });
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
