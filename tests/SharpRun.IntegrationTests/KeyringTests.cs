using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests;

/// <summary>The session keyring of a container, as /proc/keys shows it inside.</summary>
public sealed class KeyringTests : ContainerTest
{
    // Of each keyring of the container's that the reader may see: its number, its rights, its name.
    private const string Show = "awk '$8 == \"keyring\" && $9 ~ /^_ses/ { print $1, $5, $9 }' /proc/keys";

    private void Unmask()
    {
        Bundle.Linux["maskedPaths"] = new JsonArray();
        _ = Bundle.Args("sleep", "1000");
    }

    /// <summary>Beside what the kernel gives, its owner may search it (0x080000), with a user namespace others too (0x08): exec finds the same one.</summary>
    [MachineTheory]
    [InlineData(false, "3f1b0000")]
    [InlineData(true, "3f1b0008")]
    public async Task Keyring_IsTheContainersOwn_AndFoundByExec(bool userNamespace, string rights)
    {
        Unmask();
        if (userNamespace)
            _ = Bundle.UserNamespace();

        MachineResult result = await Script($"""
            chown -R 100000:100000 "$rootfs"
            cat >"$rootfs/show" <<'END'
            {Show}
            END
            cp "$bundle/config.json" "$dir/saved"
            sed 's|"args":\[[^]]*\]|"args":["sh","-c","sh /show; sleep 1000"]|' "$dir/saved" >"$bundle/config.json"
            $rt run --detach --bundle "$bundle" "$id" >"$dir/out" || exit 90
            until [ -s "$dir/out" ]; do sleep 0.02; done
            $rt exec "$id" sh /show >"$dir/exec"
            $rt exec --user 1000:1000 "$id" sh /show >/dev/null
            cut -d' ' -f2- "$dir/out"
            cmp "$dir/out" "$dir/exec" && echo same
            $rt delete --force "$id"
            """);

        Assert.Equal([$"{rights} _ses.{Id}:", "same"], result.Succeeded().Lines);
    }

    [MachineFact]
    public async Task NoNewKeyring_IsTheCallers()
    {
        Unmask();
        _ = Bundle.Args("sh", "/show");

        MachineResult result = await Script($"""
            cat >"$rootfs/show" <<'END'
            {Show}
            END
            # A keyring may still be seen some time after its container.
            $rt run --no-new-keyring --bundle "$bundle" "$id" >"$dir/callers" || exit 90
            $rt run --bundle "$bundle" "$id" >"$dir/own" || exit 91
            grep -h -c "_ses.$id:" "$dir/callers" "$dir/own"
            """);

        Assert.Equal(["0", "1"], result.Succeeded().Lines);
    }
}
