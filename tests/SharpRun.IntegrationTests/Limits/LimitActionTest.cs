using System.Globalization;
using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Limits;

/// <summary>A test that a limit acts: the same for each cgroup driver that the machine has.</summary>
/// <remarks>What a file says is no proof; a process that runs into the limit is.</remarks>
public abstract class LimitActionTest : ContainerTest
{
    /// <summary>Bytes.</summary>
    protected const long MiB = 1024 * 1024;

    /// <summary>What only the guests have together.</summary>
    protected const Needs Everything = Needs.MemoryController | Needs.CpuController | Needs.PidsController | Needs.OtherControllers;

    /// <summary>The drivers of this machine.</summary>
    public static TheoryData<CgroupDriver> Drivers => Machine.Offers.HasFlag(Needs.Systemd)
        ? new TheoryData<CgroupDriver> { CgroupDriver.Systemd, CgroupDriver.SystemdReloaded }
        : new TheoryData<CgroupDriver> { CgroupDriver.Cgroupfs };

    /// <summary><c>linux.resources.memory</c>.</summary>
    protected JsonObject Memory => Bundle.Member(Bundle.Resources, "memory");

    /// <summary><c>linux.resources.cpu</c>.</summary>
    protected JsonObject Cpu => Bundle.Member(Bundle.Resources, "cpu");

    /// <summary><c>linux.resources.blockIO</c>.</summary>
    protected JsonObject BlockIO => Bundle.Member(Bundle.Resources, "blockIO");

    /// <summary>Runs a script that finds <c>$cgroup</c>, and <c>begin</c>, which starts the container after the driver's own steps.</summary>
    /// <remarks>
    /// A second container is <c>begin b</c>: its bundle is a copy of the first one's (<c>$bundle-b</c>, made by <c>second</c>, whose
    /// argument is a sed script for its config.json), its cgroup <c>$cgroup_b</c>. <c>uptime</c> is the time in seconds.
    /// </remarks>
    protected async Task<string[]> Act(CgroupDriver driver, string script, TimeSpan? deadline = null)
    {
        bool isSystemd = driver != CgroupDriver.Cgroupfs;
        Bundle.Linux["cgroupsPath"] = isSystemd ? $"sharp.slice:act:{Id}" : "/" + Id;
        string folder = isSystemd ? "/sys/fs/cgroup/sharp.slice/act-" : "/sys/fs/cgroup/";
        string suffix = isSystemd ? ".scope" : "";
        // A change of another property has systemd write everything anew.
        string settle = driver == CgroupDriver.SystemdReloaded ? "systemctl daemon-reload && systemctl set-property --runtime \"$(basename \"$1\")\" CPUAccounting=yes" : ":";
        MachineResult result = await Script($$"""
            cgroup={{folder}}$id{{suffix}} cgroup_b={{folder}}$id-b{{suffix}}
            {{(isSystemd ? "rt=\"$rt --systemd-cgroup\"" : "")}}
            settle() { {{settle}}; }
            second() {
              mkdir "$bundle-b" && cp -a "$rootfs" "$bundle-b/rootfs" && sed "$1;s/\"cgroupsPath\":\"\([^\"]*\)\"/\"cgroupsPath\":\"\1-b\"/" "$bundle/config.json" >"$bundle-b/config.json"
            }
            begin() {
              $rt create --bundle "$bundle${1:+-$1}" "$id${1:+-$1}" && settle "{{folder}}$id${1:+-$1}{{suffix}}" && $rt start "$id${1:+-$1}"
            }
            uptime() { cut -d ' ' -f 1 /proc/uptime; }
            usage() { sed -n 's/^usage_usec //p' "$1/cpu.stat"; }
            {{script}}
            """, deadline);
        return result.Succeeded().Lines;
    }

    /// <summary>Runs one container to its end; what it writes to <c>/out</c>.</summary>
    protected Task<string[]> ActAndEnd(CgroupDriver driver, string script)
    {
        _ = Bundle.Script($"exec >/out 2>&1\n{script}");
        return Act(driver, """
            mkfifo "$rootfs/out" || exit 98
            cat "$rootfs/out" &
            begin || exit 97
            wait
            $rt delete --force "$id"
            """);
    }

    /// <summary>Numbers as a script prints them.</summary>
    protected static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
