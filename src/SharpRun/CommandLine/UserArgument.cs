using System.Globalization;

namespace SharpRun.CommandLine;

/// <summary>Users and groups on the command line: numbers and nothing else, because a name that is read as 0 would be root.</summary>
internal static class UserArgument
{
    /// <summary>Reads <c>UID[:GID]</c>.</summary>
    internal static (uint Uid, uint? Gid) User(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (Id(text, "user"), null) : (Id(text[..colon], "user"), Id(text[(colon + 1)..], "user"));
    }

    /// <summary>Reads one id: decimal digits without a leading zero, at most 4294967294 (the last number means "no change" to the kernel).</summary>
    internal static uint Id(string text, string option) =>
        !text.AsSpan().ContainsAnyExceptInRange('0', '9') && (text.Length == 1 || !text.StartsWith('0'))
        && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint id) && id != uint.MaxValue
            ? id
            : throw new UsageException($"invalid value \"{text}\" for flag --{option}: must be a number from 0 to 4294967294");
}
