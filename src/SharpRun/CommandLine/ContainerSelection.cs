using SharpRun.Linux;
using SharpRun.Linux.Containers;
using SharpRun.Linux.Syscalls;

namespace SharpRun.CommandLine;

/// <summary>The containers that a command is about: the one that is named, or with <c>--regex</c> all whose ids match.</summary>
internal static class ContainerSelection
{
    /// <summary>The option.</summary>
    internal static Option Regex { get; } = new("regex", "r", null, "all containers whose ids match ID, an extended regular expression");

    /// <summary>Does something to each; of many, one that fails does not spare the others.</summary>
    /// <exception cref="LinuxException">The only one has failed, or the failures of several, in one line.</exception>
    internal static void ForEach(StateStore store, Arguments arguments, Action<string> action)
    {
        if (!arguments.Has(Regex.Name))
        {
            action(arguments.Positional[0]);
            return;
        }

        using var pattern = new ExtendedRegex(arguments.Positional[0]);
        var failures = new List<string>();
        foreach (string id in store.Ids())
        {
            try
            {
                if (pattern.IsMatch(id))
                {
                    action(id);
                }
            }
            catch (LinuxException error)
            {
                failures.Add($"container {id}: {error.Message}");
            }
        }

        if (failures.Count > 0)
        {
            throw new LinuxException(string.Join("; ", failures));
        }
    }
}
