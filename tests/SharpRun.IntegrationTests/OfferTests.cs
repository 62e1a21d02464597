namespace SharpRun.IntegrationTests;

/// <summary>The machine has what it says it offers, so that no test is skipped, or run, for a wrong reason.</summary>
public sealed class OfferTests
{
    [MachineFact]
    public async Task Offers_AreTrue()
    {
        MachineResult result = await Machine.Current.Shell("""
            cat /sys/fs/cgroup/cgroup.controllers
            sed -n 's/^CapEff:[^0-9a-f]*//p' /proc/self/status
            """);

        string[] controllers = result.Succeeded().Lines[0].Split(' ');
        Needs offers = Machine.Current.Offers;
        Assert.Equal(controllers.Contains("memory"), offers.HasFlag(Needs.MemoryController));
        Assert.Equal(controllers.Contains("cpu"), offers.HasFlag(Needs.CpuController));
        Assert.Equal(controllers.Contains("pids"), offers.HasFlag(Needs.PidsController));
        bool sysResource = (Convert.ToUInt64(result.Lines[1], 16) & (1UL << 24)) != 0;
        Assert.Equal(sysResource, offers.HasFlag(Needs.SysResource));
    }

    [MachineFact]
    public async Task Shell_Deadline_KillsTheScript() =>
        _ = await Assert.ThrowsAsync<TimeoutException>(() => Machine.Current.Shell("exec sleep 1000", TimeSpan.FromSeconds(1)));
}
