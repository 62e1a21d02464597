using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SharpRun.IntegrationTests;

/// <summary><c>linux.netDevices</c>, in a network namespace of the test's own: nothing of the machine's network is touched.</summary>
public sealed class NetDeviceTests : ContainerTest
{
    /// <summary>A pair of devices, of which the one named out0 is to be moved; ends with the sleeping container in $pid.</summary>
    private const string Devices = """
        ip link set lo up
        ip link add out0 type veth peer name peer0
        ip addr add 10.1.2.1/24 dev peer0 && ip link set peer0 up
        ip addr add 10.1.2.3/24 broadcast + dev out0 && ip addr add fd00::5/64 dev out0 nodad
        ip addr add 10.1.2.9/24 valid_lft 1000 preferred_lft 1000 dev out0
        ip addr add 169.254.1.1/16 scope link dev out0
        ip link set out0 up
        # about DEVICE: whether it is up, and its global addresses that stay.
        about() {
          ip -o link show "$1" 2>/dev/null | grep -o '[<,]UP[,>]' | tr -d '<,>'
          ip -o addr show dev "$1" 2>/dev/null | grep 'scope global' | grep -v ' dynamic' | grep -o 'inet6\? [^ ]*'
        }
        start() {
          $rt run --detach --pid-file "$dir/pid" --bundle "$bundle" "$id" >/dev/null 2>"$dir/error" || { cat "$dir/error" >&2; exit 90; }
          pid=$(cat "$dir/pid")
        }
        """;

    private const string Inside = """ip -o link show net0 | grep -o "[<,]UP[,>]" | tr -d "<,>"; ip -o addr show dev net0 | grep "scope global" | grep -o "inet6\? [^ ]*" """;

    /// <summary>Runs a script in a network namespace of its own that has <see cref="Devices"/>.</summary>
    private Task<MachineResult> InNetwork(string script) => Script($"""
        export rt id dir root bundle rootfs
        cat >"$dir/inside" <<'END_OF_SCRIPT'
        {Devices}
        {script}
        END_OF_SCRIPT
        unshare --net sh "$dir/inside"
        """);

    private void Move(string json) => Bundle.Linux["netDevices"] = JsonNode.Parse(json);

    [MachineFact(Needs.Host)]
    public async Task Device_IsMoved_RenamedWithItsAddressesAndUp()
    {
        Move("""{"out0":{"name":"net0"}}""");
        _ = Bundle.Script(Inside + "; echo hello | nc -l -p 7000");

        MachineResult result = await InNetwork("""
            $rt run --bundle "$bundle" "$id" &
            for try in $(seq 300); do if busybox nc 10.1.2.3 7000 </dev/null 2>/dev/null; then break; fi; sleep 0.05; done
            wait $!
            ! about out0
            """);

        Assert.Equal(["UP", "inet 10.1.2.3/24", "inet6 fd00::5/64", "hello"], result.Succeeded().Lines);
    }

    [MachineTheory(Needs.Host)]
    [InlineData("")]
    [InlineData("user")]
    [InlineData("joined")]
    [InlineData("user joined")]
    public async Task Device_WhoeverOwnsTheNamespace_IsMoved(string kind)
    {
        Move("""{"out0":{"name":"net0"}}""");
        _ = Bundle.Args("sleep", "1000");
        if (kind.Contains("user", StringComparison.Ordinal))
            _ = Bundle.UserNamespace();

        MachineResult result = await InNetwork($$"""
            chown -R 100000:100000 "$rootfs"
            unshare --net sleep 1000 &
            other=$!
            until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
            case '{{kind}}' in
              *joined) sed -i "s|{\"type\":\"network\"}|{\"type\":\"network\",\"path\":\"/proc/$other/ns/net\"}|" "$bundle/config.json" ;;
            esac
            start
            nsenter --net="/proc/$pid/ns/net" sh -c '{{Inside.Replace("'", "'\\''", StringComparison.Ordinal)}}'
            [ "$(readlink /proc/$pid/ns/net)" = "$(readlink /proc/$other/ns/net)" ] && echo the others
            ip -o link show out0 >/dev/null 2>&1 && echo still here
            $rt delete --force "$id"
            kill $other
            """);

        string[] expected = ["UP", "inet 10.1.2.3/24", "inet6 fd00::5/64"];
        Assert.Equal(kind.Contains("joined", StringComparison.Ordinal) ? [.. expected, "the others"] : expected, result.Succeeded().Lines);
    }

    /// <summary>The last thing that can go wrong in create: the program is not there. The device comes back as it was.</summary>
    [MachineTheory(Needs.Host)]
    [InlineData("up", """{"out0":{"name":"net0"}}""", "executable file not found in $PATH")]
    [InlineData("down", """{"out0":{"name":"net0"}}""", "executable file not found in $PATH")]
    [InlineData("up", """{"out0":{},"peer0":{"name":"lo"}}""", "linux.netDevices.peer0: RTM_NEWLINK of \"peer0\" into the container as \"lo\": EEXIST (file exists)")]
    public async Task Device_CreateFails_ComesBack(string state, string devices, string message)
    {
        Move(devices);
        _ = Bundle.Args("no-such-program");

        MachineResult result = await InNetwork($$"""
            ip link set out0 {{state}}
            [ {{state}} = up ] || ip addr add fd00::5/64 dev out0 nodad
            about out0 >"$dir/before"; about peer0 >>"$dir/before"
            $rt create --bundle "$bundle" "$id" 2>"$dir/error" </dev/null >/dev/null
            echo $?
            cat "$dir/error" >&2
            { about out0; about peer0; } | cmp - "$dir/before" && wc -l <"$dir/before"
            ls -A "$root"
            """);

        Assert.Equal(["1", state == "up" ? "5" : "4"], result.Succeeded().Lines);
        Assert.EndsWith(message, Regex.Replace(result.Error.TrimEnd(), ", step [0-9]+$", ""), StringComparison.Ordinal);
    }

    /// <summary>What the container has done to the device in the meantime does not keep it.</summary>
    [MachineFact(Needs.Host)]
    public async Task Device_StartOfAHookFails_ComesBackFromWhatTheHookMadeOfIt()
    {
        Move("""{"out0":{"name":"net0"}}""");
        _ = Bundle.Hook("createContainer", "ip addr flush dev net0; ip link set net0 down; exit 3");

        MachineResult result = await InNetwork("""
            about out0 >"$dir/before"
            $rt create --bundle "$bundle" "$id" 2>"$dir/error" </dev/null >/dev/null
            echo $?
            grep -c 'hook #0' "$dir/error"
            about out0 | cmp - "$dir/before" && wc -l <"$dir/before"
            """);

        Assert.Equal(["1", "1", "3"], result.Succeeded().Lines);
    }

    [MachineTheory(Needs.Host)]
    [InlineData("""{"out0":{},"eth9":{}}""", "linux.netDevices.eth9: no such network device in the runtime's network namespace")]
    [InlineData("""{"lo":{"name":"lo1"}}""", "linux.netDevices.lo: a loopback device cannot be moved")]
    [InlineData("""{"out0":{"name":"a b"}}""", "not the name of a network device: \"a b\"")]
    public async Task Device_ThatCannotBeMoved_IsRefusedBeforeAnythingIsMade(string devices, string message)
    {
        Move(devices);

        MachineResult result = await InNetwork("""
            $rt create --bundle "$bundle" "$id" </dev/null >/dev/null
            echo $?
            about out0
            [ ! -e "$root" ] || ls -A "$root"
            """);

        Assert.Equal(["1", "UP", "inet 10.1.2.3/24", "inet6 fd00::5/64"], result.Succeeded().Lines);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        _ = Assert.Single(result.Error.TrimEnd().Split('\n'));
    }

    [MachineFact(Needs.Host)]
    public async Task Device_NamespaceIsTheRuntimesOwn_IsRefused()
    {
        Move("""{"out0":{}}""");
        Bundle.Linux["namespaces"]!.AsArray().Single(entry => (string?)entry!["type"] == "network")!["path"] = "/proc/self/ns/net";

        MachineResult result = await InNetwork("$rt run --bundle \"$bundle\" \"$id\"");

        Assert.Equal(1, result.Status);
        Assert.Contains("linux.netDevices: the network namespace to join is the runtime's own", result.Error, StringComparison.Ordinal);
    }

    [MachineFact(Needs.Host)]
    public async Task Device_WithoutRoot_IsRefused()
    {
        Move("""{"out0":{}}""");
        _ = Bundle.UserNamespace("""[{"containerID":0,"hostID":1000,"size":1}]""");
        _ = Bundle.Linux.Remove("resources");
        _ = Bundle.Linux.Remove("cgroupsPath");

        MachineResult result = await InNetwork("""
            mkdir "$root" && chown 1000:1000 "$root" && chmod 755 "$dir"
            setpriv --reuid 1000 --regid 1000 --clear-groups $rt run --bundle "$bundle" "$id"
            """);

        Assert.Equal(1, result.Status);
        Assert.Contains("linux.netDevices: only root can move network devices into a container", result.Error, StringComparison.Ordinal);
    }

    /// <summary>A parameter of the device is one of the container's namespace: it is there when parameters are set.</summary>
    [MachineFact(Needs.Host)]
    public async Task Device_SysctlWithItsNewName_IsSet()
    {
        Move("""{"out0":{"name":"net0.7"}}""");
        Bundle.Linux["sysctl"] = new JsonObject { ["net/ipv4/conf/net0.7/forwarding"] = "1", ["net.ipv4.conf.net0/7.arp_ignore"] = "2" };
        _ = Bundle.Script("cat /proc/sys/net/ipv4/conf/net0.7/forwarding /proc/sys/net/ipv4/conf/net0.7/arp_ignore");

        MachineResult result = await InNetwork("$rt run --bundle \"$bundle\" \"$id\"");

        Assert.Equal(["1", "2"], result.Succeeded().Lines);
    }
}
