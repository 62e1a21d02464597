using System.Globalization;

namespace SharpRun.CommandLine;

/// <summary>What a reading of the command line found: options by their long names, and everything else in its order.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);
    private readonly List<(string Name, string Value)> _all = [];

    /// <summary>The positional arguments.</summary>
    internal List<string> Positional { get; } = [];

    /// <summary>Notes an option; of two the later one counts.</summary>
    internal void Set(string name, string value)
    {
        _options[name] = value;
        _all.Add((name, value));
    }

    /// <summary>All values of an option that may be repeated, in their order.</summary>
    internal List<string> Values(string name)
    {
        var values = new List<string>();
        foreach ((string given, string value) in _all)
        {
            if (given == name)
            {
                values.Add(value);
            }
        }

        return values;
    }

    /// <summary>Whether a switch is on.</summary>
    internal bool Has(string name) => _options.TryGetValue(name, out string? value) && value == "true";

    /// <summary>The value of an option; null when it was not given.</summary>
    internal string? Value(string name) => _options.GetValueOrDefault(name);

    /// <summary>The value of an option that is a count; 0 when it was not given.</summary>
    internal int Count(string name) =>
        Value(name) is not { } text ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count
        : throw new UsageException($"invalid value \"{text}\" for flag --{name}: must be a number");
}
