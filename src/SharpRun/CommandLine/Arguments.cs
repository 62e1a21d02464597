using System.Globalization;

namespace SharpRun.CommandLine;

/// <summary>What a reading of the command line found: options by their long names, and everything else in its order.</summary>
internal sealed class Arguments
{
    private readonly List<(string Name, string Value)> _options = [];

    /// <summary>The positional arguments.</summary>
    internal List<string> Positional { get; } = [];

    /// <summary>Notes an option.</summary>
    internal void Set(string name, string value) => _options.Add((name, value));

    /// <summary>Whether a switch is on.</summary>
    internal bool Has(string name) => Value(name) == "true";

    /// <summary>The value of an option, of several the last one; null when it was not given.</summary>
    internal string? Value(string name)
    {
        int last = _options.FindLastIndex(option => option.Name == name);
        return last < 0 ? null : _options[last].Value;
    }

    /// <summary>The values of an option that may be repeated, in their order. A comma does not separate.</summary>
    internal List<string> Values(string name) => _options.FindAll(option => option.Name == name).ConvertAll(static option => option.Value);

    /// <summary>The value of an option that is a count; 0 when it was not given.</summary>
    internal int Count(string name) =>
        Value(name) is not { } text ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count
        : throw new UsageException($"invalid value \"{text}\" for flag --{name}: must be a number");
}
