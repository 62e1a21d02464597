using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using CliWrap;

namespace SharpRun.IntegrationTests.Machines;

/// <summary>This computer, seen through a mount namespace where <c>/sys/fs/cgroup</c> is pure cgroup v2.</summary>
public sealed partial class HostMachine : Machine, IDisposable
{
    private const int CapSysResource = 24;
    private const int LandlockCreateRuleset = 444;
    private const int LandlockCreateRulesetVersion = 1;
    private const int LandlockScopesVersion = 6;

    private static readonly Lazy<Needs> Probed = new(Probe);

    private readonly Process? _view;

    /// <summary>Opens the view: a process that waits for the end of its input and keeps the namespace alive.</summary>
    public HostMachine()
    {
        Offers = Offered;
        if (!Offers.HasFlag(Needs.Root))
            return;
        var start = new ProcessStartInfo(Path.Combine(RepositoryRoot, "eng", "v2-view.sh"), ["sh", "-c", "echo ready; exec cat"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _view = Process.Start(start) ?? throw new InvalidOperationException("cannot start eng/v2-view.sh");
        if (_view.StandardOutput.ReadLine() != "ready")
            throw new InvalidOperationException("cannot make a private view of cgroup v2");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    /// <inheritdoc/>
    public override Needs Offers { get; }

    /// <inheritdoc/>
    public override string Binary { get; } = BinaryOnHost();

    /// <inheritdoc/>
    public override async Task<MachineResult> Shell(string script, TimeSpan? deadline = null)
    {
        Process view = _view ?? throw new InvalidOperationException("only root can run containers on this machine");
        int seconds = (int)(deadline ?? DefaultDeadline).TotalSeconds;
        // In files: what the script looks for among the processes must not stand in its own command line, and a container
        // that outlives the script must not keep a pipe open that somebody reads to its end.
        string folder = Directory.CreateTempSubdirectory("sharprun-script-").FullName;
        string file = Path.Combine(folder, "script"), output = Path.Combine(folder, "out"), error = Path.Combine(folder, "err");
        await File.WriteAllTextAsync(file, script);
        try
        {
            long began = Stopwatch.GetTimestamp();
            CommandResult result = await Cli.Wrap("nsenter")
                .WithArguments([
                    $"--mount=/proc/{view.Id}/ns/mnt", "timeout", "--signal=KILL", seconds.ToString(CultureInfo.InvariantCulture),
                    "sh", "-c", """exec sh "$0" >"$1" 2>"$2" </dev/null""", file, output, error])
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync();
            var ended = new MachineResult(result.ExitCode, await File.ReadAllTextAsync(output), await File.ReadAllTextAsync(error));
            return result.ExitCode == 137 && Stopwatch.GetElapsedTime(began).TotalSeconds >= seconds
                ? throw new TimeoutException($"not done after {seconds} s:\n{script}\n{ended.Output}\n{ended.Error}")
                : ended;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_view is null)
            return;
        _view.StandardInput.Close();
        _view.WaitForExit();
        _view.Dispose();
    }

    /// <summary>What this computer offers.</summary>
    internal static Needs Offered => Probed.Value;

    private static Needs Probe()
    {
        if (!Environment.IsPrivilegedProcess)
            return Needs.None;
        Needs offers = Needs.Root | Needs.Host;
        if (File.Exists("/usr/bin/strace"))
            offers |= Needs.Strace;
        if (Environment.OSVersion.Version >= new Version(6, 3))
            offers |= Needs.IdMappedTmpfs;
        nint landlock = Native.syscall(LandlockCreateRuleset, 0, 0, LandlockCreateRulesetVersion);
        if (landlock > 0)
            offers |= Needs.Landlock;
        if (landlock >= LandlockScopesVersion)
            offers |= Needs.LandlockScopes;
        string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("CapEff:", StringComparison.Ordinal));
        ulong capabilities = ulong.Parse(line.AsSpan("CapEff:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        if ((capabilities & (1UL << CapSysResource)) != 0)
            offers |= Needs.SysResource;
        foreach (string root in (string[])["/sys/fs/cgroup", "/sys/fs/cgroup/unified"])
        {
            string controllers = Path.Combine(root, "cgroup.controllers");
            if (!File.Exists(controllers))
                continue;
            offers |= Needs.CgroupV2;
            foreach (string controller in File.ReadAllText(controllers).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
            {
                offers |= controller switch
                {
                    "memory" => Needs.MemoryController,
                    "cpu" => Needs.CpuController,
                    "pids" => Needs.PidsController,
                    _ => Needs.None,
                };
            }
            break;
        }
        return offers;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "syscall")]
        internal static partial nint syscall(nint number, nint a, nint b, nint c);
    }
}
