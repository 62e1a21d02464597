using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Limits;

/// <summary>The device filter at work: nodes made and opened.</summary>
public sealed class DeviceActionTests : LimitActionTest
{
    // 1:11 (kmsg), 5:1 (console), 1:1 (mem) and 7:0 (loop0) are no default devices.
    private const string Probe = """
        make() { mknod /dev/$1 $2 $3 $4 2>/dev/null && echo made $1; }
        open() {
          (: </dev/$1) 2>/dev/null && echo $1 r
          (: >/dev/$1) 2>/dev/null && echo $1 w
          (: <>/dev/$1) 2>/dev/null && echo $1 rw
        }

        """;

    [MachineTheory(Everything)]
    [MemberData(nameof(Drivers))]
    public async Task DeniedByDefault_OnlyWhatIsAllowedOpens(CgroupDriver driver)
    {
        Bundle.Resources["devices"] = JsonNode.Parse("""
            [{"allow":false,"access":"rwm"},{"allow":true,"type":"c","major":5,"minor":1,"access":"w"},{"allow":true,"type":"c","major":1,"minor":11,"access":"rw"}]
            """);

        // Nodes of any device may be made: a default rule.
        Assert.Equal(
            ["made kmsg", "made console2", "made mem", "kmsg r", "kmsg w", "kmsg rw", "console2 w", "null r", "null w", "null rw"],
            await Probed(driver, "make kmsg c 1 11; make console2 c 5 1; make mem c 1 1; open kmsg; open console2; open mem; open null"));
    }

    [MachineTheory(Everything)]
    [MemberData(nameof(Drivers))]
    public async Task AllowedByDefault_WhatIsDeniedDoesNotOpen(CgroupDriver driver)
    {
        Bundle.Resources["devices"] = JsonNode.Parse("""
            [{"allow":true,"access":"rwm"},{"allow":false,"type":"c","major":1,"minor":11,"access":"w"},{"allow":false,"type":"c","major":5,"minor":1,"access":"m"},
             {"allow":false,"type":"c","major":1,"minor":1,"access":"rw"}]
            """);

        Assert.Equal(
            ["made kmsg", "made mem", "made loop", "kmsg r", "loop r", "loop w", "loop rw"],
            await Probed(driver, "make kmsg c 1 11; make console2 c 5 1; make mem c 1 1; make loop b 7 0; open kmsg; open mem; open loop"));
    }

    private Task<string[]> Probed(CgroupDriver driver, string script)
    {
        string[] capabilities = ["CAP_MKNOD", "CAP_SYSLOG", "CAP_SYS_RAWIO", "CAP_DAC_OVERRIDE"];
        _ = Bundle.Capabilities(capabilities, capabilities, [], []);
        return ActAndEnd(driver, Probe + script);
    }
}
