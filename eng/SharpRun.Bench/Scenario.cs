namespace SharpRun.Bench;

/// <summary>Something to time: what happens before all rounds, in each round, and after them.</summary>
/// <param name="Name">As the table names it.</param>
/// <param name="Before">Preparation, once per runtime; false when the runtime cannot do it.</param>
/// <param name="Round">The timed part; null when the runtime cannot do it.</param>
/// <param name="After">Undoes <paramref name="Before"/>.</param>
internal sealed record Scenario(string Name, Func<Contestant, bool> Before, Func<Contestant, TimeSpan?> Round, Action<Contestant> After)
{
    private const int Listed = 10;

    /// <summary>Everything that is measured, with the bundles in a folder.</summary>
    internal static Scenario[] All(string folder)
    {
        string sleeper = Path.Combine(folder, "sleep");
        return
        [
            Run("run /bin/true", Path.Combine(folder, "true")),
            Run("run with 1,000 bind mounts", Path.Combine(folder, "mounts")),
            Run("run with 200 masked directories", Path.Combine(folder, "masked")),
            Run("run with podman's seccomp profile", Path.Combine(folder, "profile")),
            Run("the same, nothing cached", Path.Combine(folder, "profile")) with { Round = runtime => RunCold(runtime, Path.Combine(folder, "profile")) },
            new("create + start + delete", _ => true, runtime => CreateStartDelete(runtime, sleeper), _ => { }),
            new("delete of a stopped container", _ => true, runtime => DeleteStopped(runtime, Path.Combine(folder, "true")), _ => { }),
            new("exec /bin/true", runtime => StartDetached(runtime, sleeper, 1), runtime => runtime.Time("exec", Id(runtime, 0), "/bin/true"), runtime => Remove(runtime, 1)),
            new("state", runtime => StartDetached(runtime, sleeper, 1), runtime => runtime.Time("state", Id(runtime, 0)), runtime => Remove(runtime, 1)),
            new($"list of {Listed}", runtime => StartDetached(runtime, sleeper, Listed), runtime => runtime.Time("list"), runtime => Remove(runtime, Listed)),
        ];
    }

    private static Scenario Run(string name, string bundle) => new(name, _ => true, runtime => runtime.Time("run", "--bundle", bundle, Id(runtime)), _ => { });

    /// <summary>crun keeps compiled seccomp profiles below its state root, for all containers; the others keep none.</summary>
    private static TimeSpan? RunCold(Contestant runtime, string bundle)
    {
        string cache = Path.Combine(runtime.StateRoot, ".cache");
        if (Directory.Exists(cache))
            Directory.Delete(cache, recursive: true);
        return runtime.Time("run", "--bundle", bundle, Id(runtime));
    }

    /// <summary>Times all runtimes in turn; who goes first changes each round, because position alone is worth several per cent.</summary>
    internal Dictionary<Contestant, double[]> Measure(Contestant[] contestants, int rounds, int warmUp)
    {
        var times = contestants.ToDictionary(runtime => runtime, _ => new List<double>());
        var able = contestants.Where(Before).ToHashSet();
        try
        {
            for (int round = -warmUp; round < rounds; round++)
            {
                for (int i = 0; i < contestants.Length; i++)
                {
                    Contestant runtime = contestants[(i + round + warmUp) % contestants.Length];
                    if (!able.Contains(runtime))
                        continue;
                    if (Round(runtime) is not { } time)
                        _ = able.Remove(runtime);
                    else if (round >= 0)
                        times[runtime].Add(time.TotalMilliseconds);
                }
            }
        }
        finally
        {
            foreach (Contestant runtime in contestants)
                After(runtime);
        }
        return contestants.ToDictionary(runtime => runtime, runtime => able.Contains(runtime) ? times[runtime].ToArray() : []);
    }

    private static TimeSpan? CreateStartDelete(Contestant runtime, string bundle)
    {
        string id = Id(runtime);
        TimeSpan? create = runtime.Time("create", "--bundle", bundle, id);
        TimeSpan? start = create is null ? null : runtime.Time("start", id);
        TimeSpan? delete = create is null ? null : runtime.Time("delete", "--force", id);
        return create + start + delete;
    }

    /// <summary>The container is made, and has ended by itself, before the clock begins.</summary>
    private static TimeSpan? DeleteStopped(Contestant runtime, string bundle)
    {
        string id = Id(runtime), pidFile = Path.Combine(runtime.StateRoot, "pid");
        if (runtime.Time("run", "--detach", "--pid-file", pidFile, "--bundle", bundle, id) is null)
            return null;
        string process = $"/proc/{File.ReadAllText(pidFile)}/stat";
        File.Delete(pidFile);
        while (!HasEnded(process))
            Thread.Sleep(1);
        return runtime.Time("delete", id);
    }

    /// <summary>Gone, or waiting for its parent, process 1, to take notice.</summary>
    private static bool HasEnded(string process)
    {
        try
        {
            string text = File.ReadAllText(process);
            return text[text.LastIndexOf(')') + 2] == 'Z';
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static bool StartDetached(Contestant runtime, string bundle, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (runtime.Time("run", "--detach", "--bundle", bundle, Id(runtime, i)) is null)
                return false;
        }
        return true;
    }

    private static void Remove(Contestant runtime, int count)
    {
        for (int i = 0; i < count; i++)
            _ = runtime.Time("delete", "--force", Id(runtime, i));
    }

    private static string Id(Contestant runtime, int? number = null) => $"bench-{Environment.ProcessId}-{runtime.Name}{(number is null ? "" : "-" + number)}";
}
