using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using SharpRun.IntegrationTests.Seccomp;

namespace SharpRun.IntegrationTests.Rootless;

/// <summary>A plain user's container of which a supervisor decides the calls.</summary>
public sealed class RootlessSeccompTests : RootlessTest
{
    private const int EPERM = 1;
    private const int SYS_mkdir = 83;

    [MachineTheory(Needs.Host)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Notify_SupervisorAnswersInitAndExec(bool noNewPrivileges)
    {
        Ordinary()["seccomp"] = JsonNode.Parse($$"""
            {"defaultAction":"SCMP_ACT_ALLOW","listenerPath":"{{Folder}}/socket","syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_NOTIFY"}]}
            """);
        Bundle.Process["noNewPrivileges"] = noNewPrivileges;
        _ = Bundle.Script("mkdir /a 2>&1 | grep -o 'not permitted'; exec sleep 1000");
        _ = (await Script("true")).Succeeded();
        using var receiver = new DescriptorReceiver($"{Folder}/socket");

        Task<MachineResult> run = AsUser("""
            mkfifo "$dir/out"
            $rt run --detach "$id" </dev/null >"$dir/out" &
            head -n 1 "$dir/out"
            wait $! || exit 90
            $rt exec "$id" mkdir /b 2>/dev/null; echo "exec $?"
            $rt delete --force "$id"
            """);
        Task<(string, SafeHandle Descriptor)> received = receiver.Receive();
        if (await Task.WhenAny(run, received) == run)
            _ = (await run).Succeeded();
        using var initListener = new SeccompListener((await received).Descriptor);
        (_, int first) = await initListener.Answer(EPERM);
        (_, SafeHandle ofExec) = await receiver.Receive();
        using var execListener = new SeccompListener(ofExec);
        (_, int second) = await execListener.Answer(EPERM);

        Assert.Equal(["not permitted", "exec 1"], (await run).Succeeded().Lines);
        Assert.Equal((SYS_mkdir, SYS_mkdir), (first, second));
    }
}
