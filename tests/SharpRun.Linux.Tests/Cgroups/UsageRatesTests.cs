using SharpRun.Linux.Cgroups;
using Xunit;

namespace SharpRun.Linux.Tests.Cgroups;

/// <summary>Rates from two readings.</summary>
public class UsageRatesTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Rates_AreDifferencesByTime()
    {
        Statistics before = Reading(cpu: 5_000_000_000, periods: 100, throttled: 10, read: 1000, written: 50);
        Statistics after = Reading(cpu: 8_000_000_000, periods: 120, throttled: 15, read: 5000, written: 50);

        Assert.Equal(new UsageRates(150, 25, 2000, 0), UsageRates.Between(before, after, 2 * Second));
    }

    [Fact]
    public void Rates_OfOneReading_AreUnknown()
    {
        Assert.Equal(default, UsageRates.Between(null, Reading(1, 1, 1, 1, 1), Second));
        Assert.Equal(default, UsageRates.Between(Reading(1, 1, 1, 1, 1), null, Second));
        Assert.Equal(default, UsageRates.Between(Reading(1, 1, 1, 1, 1), Reading(2, 2, 2, 2, 2), 0));
    }

    [Fact]
    public void Rates_CountersThatWentBack_AreUnknown() =>
        Assert.Equal(new UsageRates(null, null, null, 10), UsageRates.Between(Reading(9, 9, 9, 9, 0), Reading(8, 8, 8, 8, 10), Second));

    [Fact]
    public void Throttled_WithoutAQuota_IsUnknownAndWhileIdleZero()
    {
        Assert.Null(UsageRates.Between(Reading(1, 0, 0, 0, 0), Reading(2, 0, 0, 0, 0), Second).ThrottledPercent);
        Assert.Equal(0, UsageRates.Between(Reading(1, 7, 3, 0, 0), Reading(1, 7, 3, 0, 0), Second).ThrottledPercent);
    }

    [Fact]
    public void Transfers_OfAllDevices_AreAdded()
    {
        var before = new Statistics { CountsIo = true };
        var after = new Statistics { CountsIo = true, Io = [Device("rbytes", 100), Device("rbytes", 20), Device("wbytes", 7)] };

        Assert.Equal(new UsageRates(null, null, 120, 7), UsageRates.Between(before, after, Second));
        Assert.Equal(default, UsageRates.Between(new Statistics(), new Statistics(), Second));
    }

    private static Statistics Reading(ulong cpu, ulong periods, ulong throttled, ulong read, ulong written) => new()
    {
        Cpu = new CpuStatistics(cpu, cpu, 0, periods, throttled, 0),
        CountsIo = true,
        Io = [new DeviceStatistics(8, 0, [new("rbytes", read), new("wbytes", written)])],
    };

    private static DeviceStatistics Device(string key, ulong value) => new(8, 0, [new(key, value)]);
}
