using System.Globalization;
using SharpRun.Linux.Compile;
using SharpRun.Linux.Launch;
using SharpRun.Linux.Plan;
using SharpRun.Linux.Security;
using SharpRun.Linux.Syscalls;

namespace SharpRun.Linux.Containers;

/// <summary>The host's ps(1), and of what it prints the lines of a container.</summary>
internal static class HostPs
{
    private const string Name = "ps";
    private const string DefaultPath = "/usr/bin:/bin";
    private const int Room = 32 << 20;

    /// <summary>The header and the lines of the container's processes; null when the host has no ps.</summary>
    internal static string? Table(StateStore store, string id, IReadOnlyList<string> arguments)
    {
        var pids = new HashSet<int>(ProcessReport.Pids(store, id));
        var program = new HostProgram
        {
            Candidates = Candidates(OwnProcess.Variable("PATH"u8) ?? DefaultPath),
            Arguments = arguments.Count > 0 ? [Name, .. arguments] : [Name, "-ef"],
            Environment = SelfProtection.CallerEnvironment(),
        };
        return Run(program) is { } output ? Select(output, pids) : null;
    }

    /// <summary>The first line, and those whose number in the column PID is one of <paramref name="pids"/>.</summary>
    /// <exception cref="LinuxException">There is no such column, or no number in it.</exception>
    internal static string Select(string output, IReadOnlySet<int> pids)
    {
        string[] lines = output.Split('\n');
        int column = Array.IndexOf(Fields(lines[0]), "PID");
        if (column < 0)
        {
            throw new LinuxException("couldn't find PID field in ps output");
        }

        var kept = new List<string> { lines[0] };
        foreach (string line in lines.AsSpan(1))
        {
            string[] fields = Fields(line);
            if (fields.Length == 0)
            {
                continue;
            }

            string text = column < fields.Length ? fields[column] : "";
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
            {
                throw new LinuxException($"unable to parse pid: \"{text}\"");
            }

            if (pids.Contains(pid))
            {
                kept.Add(line);
            }
        }

        return string.Join('\n', kept) + "\n";
    }

    private static string? Run(HostProgram program)
    {
        LaunchPlan plan = HostProgramPlan.OnHost(program);
        ProgramEnd end;
        try
        {
            end = ProgramRun.Run(
                new LaunchRequest { Plan = plan, Started = static _ => { }, FailurePrefix = "" }, Launcher.Launch, input: [], timeout: null, Room);
        }
        catch (LinuxException error) when (plan.FindStep(error.Step) is { Code: OpCode.FindProgram })
        {
            return program.Arguments is [_, "-ef"] ? null : throw new LinuxException($"exec: \"{Name}\": executable file not found in $PATH", error.Errno);
        }

        return end.Exit is not { Signal: 0, Status: 0 } ? throw new LinuxException($"ps: {HookRunner.Words(end.Exit)}: {end.Output}{end.Error}".TrimEnd('\n'))
            : end.Output.Length >= Room ? throw new LinuxException("ps: output too long")
            : end.Output;
    }

    /// <summary>A directory that is not absolute would be searched below the working directory.</summary>
    private static List<string> Candidates(string path)
    {
        var candidates = new List<string>();
        foreach (string directory in path.Split(':'))
        {
            if (directory.StartsWith('/'))
            {
                candidates.Add($"{directory}/{Name}");
            }
        }

        return candidates;
    }

    private static string[] Fields(string line) => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
}
