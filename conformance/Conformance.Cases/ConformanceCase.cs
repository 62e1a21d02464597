using System.Globalization;
using CliWrap;
using CliWrap.Buffered;

namespace Conformance.Cases;

/// <summary>A case: a shell script with a bundle, a state root and a cgroup of its own.</summary>
/// <remarks>
/// The runtime is the program that <c>CONFORMANCE_RUNTIME</c> names. Only the operations of the specification are used, in the
/// command line that every runtime has: <c>create</c>, <c>start</c>, <c>state</c>, <c>kill</c>, <c>delete</c>, <c>features</c>.
/// </remarks>
public abstract class ConformanceCase : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly Lazy<Task<string>> Template = new(MakeTemplate);
    private static int s_count;

    private readonly string _id = string.Create(
        CultureInfo.InvariantCulture, $"conformance-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");

    private static string Runtime { get; } = Environment.GetEnvironmentVariable("CONFORMANCE_RUNTIME") is { Length: > 0 } path
        ? Path.GetFullPath(path)
        : throw new InvalidOperationException("CONFORMANCE_RUNTIME names no runtime: run `make conformance`");

    private string Folder => "/tmp/" + _id;

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync() => _ = await Run(Variables("") + Text("cleanup.sh"), "cleanup");

    /// <summary>Runs the script, in the words of <c>prelude.sh</c>; the case passes when it succeeds.</summary>
    /// <returns>What the script printed.</returns>
    protected async Task<string> Script(string script)
    {
        string config = Text("config.json").Replace("\"namespaces\":", $"\"cgroupsPath\": \"/{_id}\",\n    \"namespaces\":", StringComparison.Ordinal);
        _ = Directory.CreateDirectory(Folder + "/bundle");
        await File.WriteAllTextAsync(Folder + "/bundle/config.json", config);
        BufferedCommandResult result = await Run(Variables(await Template.Value) + Text("prelude.sh") + script, "case");
        Assert.True(result.ExitCode == 0, result.StandardError + result.StandardOutput);
        return result.StandardOutput;
    }

    /// <summary>The script of a case with a table: its first column names the requirement, which the displayed name shows.</summary>
    protected Task<string> Checks(string requirement, string script)
    {
        Assert.NotEmpty(requirement);
        return Script(script);
    }

    private string Variables(string template) => $"id={_id} dir={Folder} runtime='{Runtime}' template='{template}'\n";

    private async Task<BufferedCommandResult> Run(string script, string name)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        string file = $"{Folder}.{name}";
        await File.WriteAllTextAsync(file, script);
        try
        {
            // A container that outlives its script must not hold a pipe that somebody reads to its end.
            CommandResult result = await Cli.Wrap("sh")
                .WithArguments(["-c", """exec sh "$0" >"$0.out" 2>"$0.err" </dev/null""", file])
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(deadline.Token);
            return new BufferedCommandResult(result.ExitCode, result.StartTime, result.ExitTime,
                await File.ReadAllTextAsync(file + ".out"), await File.ReadAllTextAsync(file + ".err"));
        }
        finally
        {
            foreach (string part in (string[])[file, file + ".out", file + ".err"])
                File.Delete(part);
        }
    }

    private static string Text(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, name));

    private static async Task<string> MakeTemplate()
    {
        string folder = $"/tmp/conformance-template-{Environment.ProcessId}";
        _ = await Cli.Wrap("sh").WithArguments(["-ec", """
            mkdir -p "$0/bin" "$0/etc" "$0/root" "$0/tmp" "$0/dev" "$0/proc" "$0/sys" "$0/mnt"
            cp /bin/busybox "$0/bin/busybox"
            for name in sh $("$0/bin/busybox" --list); do
              [ "$name" = busybox ] || ln -sf busybox "$0/bin/$name"
            done
            echo root:x:0:0:root:/root:/bin/sh >"$0/etc/passwd"
            """, folder]).ExecuteBufferedAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
