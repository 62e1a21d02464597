namespace SharpRun.Bench;

/// <summary>One of the runtimes that are compared: a binary, and a state root of its own.</summary>
internal sealed class Contestant(string name, string binary, string work)
{
    internal string Name => name;

    internal string Binary => binary;

    internal string StateRoot { get; } = Path.Combine(work, "state-" + name);

    internal string Output { get; } = Path.Combine(work, "output-" + name);

    private string Error { get; } = Path.Combine(work, "error-" + name);

    /// <summary>The command line of one call.</summary>
    internal string[] Call(params string[] arguments) => [binary, "--root", StateRoot, .. arguments];

    /// <summary>Runs one call; null when it failed, which is said on standard error.</summary>
    internal TimeSpan? Time(params string[] arguments)
    {
        (TimeSpan time, int status) = ChildProcess.Run(Call(arguments), error: Error);
        if (status == 0)
            return time;
        Console.Error.WriteLine($"{name} {string.Join(' ', arguments)}: status {status}: {File.ReadAllText(Error).Trim()}");
        return null;
    }

    /// <summary>First line of <c>--version</c>.</summary>
    internal string Version()
    {
        _ = ChildProcess.Run([binary, "--version"], Output);
        return File.ReadLines(Output).FirstOrDefault() ?? "unknown version";
    }
}
