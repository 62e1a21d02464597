using SharpRun.Linux.Syscalls;

namespace SharpRun.Top;

/// <summary>What the caller's environment says of his terminal.</summary>
internal static class TopEnvironment
{
    /// <summary>Whether to use colours: on a terminal, unless NO_COLOR is set (no-color.org) or the terminal is a simple one.</summary>
    internal static bool IsColoured =>
        Terminals.TryGetSettings(1) is not null && string.IsNullOrEmpty(OwnProcess.Variable("NO_COLOR"u8)) && IsCapable;

    /// <summary>Whether the terminal understands more than plain lines.</summary>
    internal static bool IsCapable => OwnProcess.Variable("TERM"u8) is not (null or "" or "dumb");

    /// <summary>Whether the character set is UTF-8: the first of three variables that says something counts (locale(7)).</summary>
    internal static bool IsUnicode => IsUtf8(OwnProcess.Variable("LC_ALL"u8), OwnProcess.Variable("LC_CTYPE"u8), OwnProcess.Variable("LANG"u8));

    /// <summary>Whether locales mean UTF-8. Pure.</summary>
    internal static bool IsUtf8(params ReadOnlySpan<string?> locales)
    {
        foreach (string? locale in locales)
        {
            if (!string.IsNullOrEmpty(locale))
            {
                return locale.Contains("utf-8", StringComparison.OrdinalIgnoreCase) || locale.Contains("utf8", StringComparison.OrdinalIgnoreCase);
            }
        }

        return false;
    }
}
