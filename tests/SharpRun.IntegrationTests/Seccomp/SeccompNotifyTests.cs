using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Seccomp;

/// <summary>SCMP_ACT_NOTIFY, with a supervisor that takes the listener and answers calls.</summary>
public sealed class SeccompNotifyTests : ContainerTest
{
    private const int EPERM = 1;

    // x86_64.
    private const int SYS_read = 0;
    private const int SYS_mkdir = 83;
    private const int SYS_setgroups = 116;

    private const string Two = "mkdir /a 2>&1 | grep -o 'not permitted'; mkdir /b && echo made; ls -d /b 2>/dev/null || echo faked";

    [MachineTheory(Needs.Host)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_SupervisorAnswers(bool noNewPrivileges)
    {
        Notify("\"mkdir\"", noNewPrivileges);
        _ = Bundle.Script(Two);
        Bundle.Config["annotations"] = new JsonObject { ["a"] = "b" };
        _ = (await Script("true")).Succeeded();
        using var receiver = new DescriptorReceiver($"{Folder}/socket");

        Task<MachineResult> run = Run("--pid-file", $"{Folder}/pid");
        (string text, SafeHandle descriptor) = await receiver.Receive();
        using var listener = new SeccompListener(descriptor);
        (uint pid, int number) = await listener.Answer(EPERM);
        _ = await listener.Answer(0);
        MachineResult result = (await run).Succeeded();

        Assert.Equal(["not permitted", "made", "faked"], result.Lines);
        Assert.Equal(SYS_mkdir, number);
        using JsonDocument document = RequireState(text, "creating");
        int init = int.Parse(await File.ReadAllTextAsync($"{Folder}/pid"), CultureInfo.InvariantCulture);
        Assert.Equal(init, document.RootElement.GetProperty("pid").GetInt32());
        Assert.Equal(init, document.RootElement.GetProperty("state").GetProperty("pid").GetInt32());
        Assert.Equal("b", document.RootElement.GetProperty("state").GetProperty("annotations").GetProperty("a").GetString());
        Assert.NotEqual(0u, pid);
    }

    [MachineTheory(Needs.Host)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Exec_HasAListenerOfItsOwn(bool noNewPrivileges)
    {
        Notify("\"mkdir\"", noNewPrivileges);
        _ = Bundle.Script("exec sleep 1000");
        _ = (await Script("true")).Succeeded();
        using var receiver = new DescriptorReceiver($"{Folder}/socket");
        Task<MachineResult> create = Script("$rt create --bundle \"$bundle\" \"$id\" >/dev/null 2>&1 && $rt start \"$id\"");
        (string first, SafeHandle ofInit) = await receiver.Receive();
        using var initListener = new SeccompListener(ofInit);
        _ = (await create).Succeeded();

        Task<MachineResult> exec = Script("$rt exec \"$id\" mkdir /c; echo $?; $rt delete --force \"$id\"");
        (string text, SafeHandle descriptor) = await receiver.Receive();
        using var listener = new SeccompListener(descriptor);
        (_, int number) = await listener.Answer(EPERM);
        MachineResult result = (await exec).Succeeded();

        Assert.Equal(SYS_mkdir, number);
        Assert.Equal(["1"], result.Lines);
        using JsonDocument initDocument = RequireState(first, "creating");
        using JsonDocument document = RequireState(text, "running");
        Assert.NotEqual(initDocument.RootElement.GetProperty("pid").GetInt32(), document.RootElement.GetProperty("pid").GetInt32());
    }

    /// <summary>Behind the filter the runtime's own calls wait too: the supervisor has the listener before the first of them needs an answer.</summary>
    [MachineTheory(Needs.Host)]
    [InlineData("\"read\"", true, SYS_read)]
    [InlineData("\"setgroups\"", false, SYS_setgroups)]
    public async Task Create_CallOfTheRuntimeItself_CanBeAnswered(string names, bool noNewPrivileges, int expected)
    {
        Notify(names, noNewPrivileges);
        _ = Bundle.Script("exec sleep 1000");
        _ = (await Script("true")).Succeeded();
        using var receiver = new DescriptorReceiver($"{Folder}/socket");

        Task<MachineResult> create = Script("$rt create --bundle \"$bundle\" \"$id\" >/dev/null; echo $?; $rt delete --force \"$id\"");
        (_, SafeHandle descriptor) = await receiver.Receive();
        using var listener = new SeccompListener(descriptor);
        (_, int number) = await listener.Answer(EPERM);
        MachineResult result = await create;

        Assert.Equal(expected, number);
        Assert.StartsWith("1", result.Output, StringComparison.Ordinal);
        Assert.Contains("EPERM (operation not permitted)", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task NobodyListens_IsAnErrorAndNothingIsLeft()
    {
        Notify("\"mkdir\"", noNewPrivileges: true, path: "/nobody/listens");

        MachineResult result = await Script("$rt create --bundle \"$bundle\" \"$id\"; echo $?; $rt state \"$id\" >/dev/null 2>&1 || echo gone; ls \"$root\"");

        Assert.Equal(["1", "gone"], result.Lines);
        Assert.Contains("linux.seccomp.listenerPath: open /nobody/listens: ENOENT (no such file or directory)", result.Error, StringComparison.Ordinal);
    }

    [MachineFact(Needs.Host)]
    public async Task SocketWithoutAListener_IsRefused()
    {
        Notify("\"mkdir\"", noNewPrivileges: true);
        _ = (await Script("true")).Succeeded();
        new DescriptorReceiver($"{Folder}/socket").Dispose();

        MachineResult result = await Script("$rt create --bundle \"$bundle\" \"$id\"; echo $?; ls \"$root\"");

        Assert.Equal(["1"], result.Lines);
        Assert.Contains("linux.seccomp.listenerPath: connect ", result.Error, StringComparison.Ordinal);
        Assert.Contains("ECONNREFUSED (connection refused)", result.Error, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task WriteAndDefault_AreRefused()
    {
        Notify("\"write\"", noNewPrivileges: true);
        Bundle.Member(Bundle.Linux, "seccomp")["defaultAction"] = "SCMP_ACT_NOTIFY";

        MachineResult result = await Run();

        Assert.Equal(1, result.Status);
        Assert.Contains("linux.seccomp.defaultAction", result.Error, StringComparison.Ordinal);
        Assert.Contains("linux.seccomp.syscalls[0].names[0]", result.Error, StringComparison.Ordinal);
    }

    private JsonDocument RequireState(string text, string status)
    {
        JsonDocument document = JsonDocument.Parse(text);
        JsonElement root = document.RootElement;
        Assert.Equal(["seccompFd"], root.GetProperty("fds").EnumerateArray().Select(static name => name.GetString()));
        Assert.Equal("some words", root.GetProperty("metadata").GetString());
        Assert.StartsWith("1.", root.GetProperty("ociVersion").GetString(), StringComparison.Ordinal);
        Assert.Equal((Id, status), (root.GetProperty("state").GetProperty("id").GetString(), root.GetProperty("state").GetProperty("status").GetString()));
        Assert.Equal($"{Folder}/bundle", root.GetProperty("state").GetProperty("bundle").GetString());
        return document;
    }

    private void Notify(string names, bool noNewPrivileges, string? path = null)
    {
        Bundle.Linux["seccomp"] = JsonNode.Parse($$"""
            {"defaultAction":"SCMP_ACT_ALLOW","listenerPath":"{{path ?? Folder + "/socket"}}","listenerMetadata":"some words",
             "syscalls":[{"names":[{{names}}],"action":"SCMP_ACT_NOTIFY"}]}
            """);
        Bundle.Process["noNewPrivileges"] = noNewPrivileges;
    }
}
