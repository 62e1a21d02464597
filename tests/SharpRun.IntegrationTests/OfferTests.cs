namespace SharpRun.IntegrationTests;

/// <summary>The machine has what it says it offers, so that no test is skipped, or run, for a wrong reason.</summary>
public sealed class OfferTests
{
    /// <summary>What tests use of throw-away machines alone, whether or not this computer has it too.</summary>
    private const Needs ThrowAway = Needs.OtherControllers | Needs.Runc | Needs.Apparmor | Needs.Selinux | Needs.Systemd | Needs.Engines;

    private const string Landlock = "unshare -m sh -c 'mount -t securityfs securityfs /sys/kernel/security && grep -q landlock /sys/kernel/security/lsm'";

    /// <summary>What can be offered, but for root and this computer, and a script that succeeds where it is there.</summary>
    private static readonly (Needs Offer, string Probe)[] All =
    [
        (Needs.CgroupV2, "dir=$(mktemp -d /sys/fs/cgroup/offer.XXXXXX) && [ -e $dir/cgroup.procs ] && rmdir $dir"),
        (Needs.MemoryController, Controllers("memory")),
        (Needs.CpuController, Controllers("cpu")),
        (Needs.PidsController, Controllers("pids")),
        (Needs.OtherControllers, Controllers("cpuset", "io", "hugetlb", "rdma") + " && losetup -f"),
        (Needs.SysResource, "[ $((0x$(sed -n 's/^CapEff:[^0-9a-f]*//p' /proc/self/status) >> 24 & 1)) = 1 ]"),
        (Needs.Strace, "strace -o /dev/null true"),
        (Needs.IdMappedTmpfs, Linux(6, 3)),
        (Needs.Landlock, Landlock),
        (Needs.LandlockScopes, Landlock + " && " + Linux(6, 12)),
        (Needs.Apparmor, "grep -q Y /sys/module/apparmor/parameters/enabled && [ -e /etc/lsm/apparmor ]"),
        (Needs.Selinux, "grep -q selinuxfs /proc/filesystems && [ -e /etc/lsm/selinux ]"),
        (Needs.Runc, "runc --version"),
        (Needs.Systemd, "grep -q -x systemd /proc/1/comm"),
        (Needs.Engines, "command -v containerd && command -v podman && command -v dockerd"),
    ];

    /// <summary>Those of this machine.</summary>
    public static TheoryData<Needs, string> Probes
    {
        get
        {
            var probes = new TheoryData<Needs, string>();
            foreach ((Needs offer, string probe) in All)
            {
                if (!Machine.Current.Offers.HasFlag(Needs.Host) || Machine.Current.Offers.HasFlag(offer) || !ThrowAway.HasFlag(offer))
                    probes.Add(offer, probe);
            }

            return probes;
        }
    }

    [MachineTheory]
    [MemberData(nameof(Probes))]
    public async Task Offer_IsThere_AndWhatIsNotOfferedIsNot(Needs offer, string probe)
    {
        bool expected = Machine.Current.Offers.HasFlag(offer);

        MachineResult result = await Machine.Current.Shell(probe);

        Assert.True(result.Status == 0 == expected, $"{(expected ? "offered" : "not offered")}: {result}");
    }

    [MachineFact]
    public void Probes_AreOfEveryOffer() => Assert.Equal(
        Enum.GetValues<Needs>().Except([Needs.None, Needs.Root, Needs.Host]).Order(), All.Select(static row => row.Offer).Order());

    [MachineFact]
    public async Task Shell_Deadline_KillsTheScript() =>
        _ = await Assert.ThrowsAsync<TimeoutException>(() => Machine.Current.Shell("exec sleep 1000", TimeSpan.FromSeconds(1)));

    private static string Controllers(params string[] names) =>
        string.Join(" && ", names.Select(static name => $"grep -q -w {name} /sys/fs/cgroup/cgroup.controllers"));

    private static string Linux(int major, int minor) =>
        $"uname -r | awk -F '[.-]' '{{ exit !($1 > {major} || $1 == {major} && $2 >= {minor}) }}'";
}
