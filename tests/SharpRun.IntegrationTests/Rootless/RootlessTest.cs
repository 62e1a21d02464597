using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Rootless;

/// <summary>A test whose container is made by a user who is not root: other ids, no capabilities, a session directory of his own.</summary>
public abstract class RootlessTest : ContainerTest
{
    /// <summary>The user, in the shell scripts and in mappings.</summary>
    protected const int User = 1000;

    /// <summary>The document that <c>spec --rootless</c> writes, as far as it matters here: one id, no network namespace, the host's /sys.</summary>
    protected JsonObject Ordinary(string uids = """[{"containerID":0,"hostID":1000,"size":1}]""", string? gids = null)
    {
        _ = Bundle.WithoutNamespace("network").UserNamespace(uids, gids);
        JsonObject linux = Bundle.Linux;
        _ = linux.Remove("cgroupsPath");
        _ = linux.Remove("resources");
        foreach (JsonNode? mount in Bundle.Config["mounts"]!.AsArray())
        {
            if (mount!["options"] is not JsonArray options)
                continue;
            if (options.FirstOrDefault(option => (string?)option == "gid=5") is { } tty)
                _ = options.Remove(tty);
            if ((string?)mount["type"] == "sysfs")
            {
                (mount["type"], mount["source"]) = ("none", "/sys");
                options.Add("rbind");
            }
        }

        return linux;
    }

    /// <summary>Runs a script as the user, after one as root.</summary>
    /// <remarks>
    /// Everything of the test belongs to the user. <c>$rt</c> is the runtime without <c>--root</c>, in a copy that is his own; <c>$root</c> is
    /// its default for him. The root's script may redefine <c>as_user</c>, which runs its arguments as the user, by means of <c>drop</c>.
    /// </remarks>
    protected Task<MachineResult> AsUser(string script, string asRoot = "", string after = "") => Script($$"""
        drop() {
          if [ -x /usr/bin/setpriv ]; then
            /usr/bin/setpriv --reuid 1000 --regid 1000 --clear-groups "$@"
          else
            su -s /bin/sh user -c 'exec "$0" "$@"' "$@"
          fi
        }
        as_user() { drop "$@"; }
        cp "${rt%% *}" "$dir/sharprun" && mkdir -m 700 "$dir/session" || exit 99
        cat >"$dir/script" <<'END_OF_SCRIPT'
        rt=$dir/sharprun root=$dir/session/sharprun
        export XDG_RUNTIME_DIR=$dir/session HOME=$dir USER=user PATH=/usr/sbin:/usr/bin:/sbin:/bin
        cd "$bundle" || exit 99
        {{StatusFunctions}}
        {{script}}
        END_OF_SCRIPT
        chown -R 1000:1000 "$dir"
        {{asRoot}}
        export id dir bundle rootfs
        as_user sh "$dir/script"
        status=$?
        {{after}}
        exit $status
        """);
}
