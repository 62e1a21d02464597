using System.Diagnostics;
using System.Globalization;
using SharpRun.Linux;
using SharpRun.Linux.Compile;
using SharpRun.Linux.Containers;
using SharpRun.Linux.Launch;
using SharpRun.Linux.Plan;
using SharpRun.Linux.Seccomp;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;

namespace SharpRun.Stress;

/// <summary>Launches one bundle again and again. A child that touches the garbage collector hangs; the launcher's deadline finds it.</summary>
internal static class Program
{
    private static volatile bool s_ended;

    /// <remarks>Arguments: quiet or noisy, a bundle, a number of launches; or compile, a config.json, a number of compilations of its seccomp profile.</remarks>
    internal static int Main(string[] args)
    {
        if (args[0] == "compile")
        {
            TimeCompiler(args[1], int.Parse(args[2], CultureInfo.InvariantCulture));
            return 0;
        }

        bool noisy = args[0] == "noisy";
        int count = int.Parse(args[2], CultureInfo.InvariantCulture);
        string bundle = HostProbe.Bundle(args[1]);
        RuntimeSpec spec = SpecReader.Read(File.ReadAllBytes(Path.Combine(bundle, "config.json")), "config.json");
        LaunchPlan plan = InitPlan.Compile(spec, HostProbe.Gather(spec, bundle, JoinedContainers.None, visit: true), new InitOptions());
        Thread? noise = noisy ? StartNoise() : null;
        var watch = Stopwatch.StartNew();
        int failed = 0;
        for (int i = 0; i < count; i++)
        {
            failed += Launch(plan, i) ? 0 : 1;
        }

        s_ended = true;
        noise?.Join();
        Console.WriteLine(FormattableString.Invariant(
            $"{args[0]}: {count} launches, {failed} failed, {watch.Elapsed.TotalMilliseconds / count:F2} ms each, {GC.CollectionCount(0)} collections"));
        return failed == 0 ? 0 : 1;
    }

    /// <summary>What a profile costs: the first time in a process, which is the only time in the runtime, and once everything is warm.</summary>
    private static void TimeCompiler(string config, int count)
    {
        SeccompSpec profile = SpecReader.Read(File.ReadAllBytes(config), "config.json").Linux.Seccomp!;
        double[] microseconds = new double[count];
        int instructions = 0;
        for (int i = 0; i < count; i++)
        {
            long began = Stopwatch.GetTimestamp();
            instructions = SeccompCompiler.Compile(profile).Instructions.Length;
            microseconds[i] = Stopwatch.GetElapsedTime(began).TotalMicroseconds;
        }

        double first = microseconds[0];
        Array.Sort(microseconds);
        Console.WriteLine(FormattableString.Invariant($"first {first:F0} us, median of {count} {microseconds[count / 2]:F0} us, {instructions} instructions"));
    }

    private static bool Launch(LaunchPlan plan, int number)
    {
        try
        {
            using LaunchedProcess process = Launcher.Launch(new LaunchRequest { Plan = plan, Started = static _ => { }, PatienceMilliseconds = 20_000 });
            ExitInfo? exit = Processes.Wait(process.PidFd.Number);
            if (exit is { Signal: 0, Status: 0 })
            {
                return true;
            }

            Console.Error.WriteLine($"launch {number}: {exit}");
        }
        catch (LinuxException error)
        {
            Console.Error.WriteLine($"launch {number}: {error.Message}");
        }

        return false;
    }

    /// <summary>A second thread that allocates and collects all the time: the garbage collector stops the world again and again.</summary>
    private static Thread StartNoise()
    {
        var thread = new Thread(static () =>
        {
            var kept = new object[1024];
            for (int i = 0; !s_ended; i++)
            {
                kept[i % kept.Length] = new byte[512 + (i % 4096)];
                if (i % 256 == 0)
                {
                    GC.Collect(i % 2048 == 0 ? 2 : 0);
                }
            }
        });
        thread.Start();
        return thread;
    }
}
