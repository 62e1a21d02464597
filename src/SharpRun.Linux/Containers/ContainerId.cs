namespace SharpRun.Linux.Containers;

/// <summary>The rules for container ids.</summary>
public static class ContainerId
{
    private const int MaxLength = 255; // A file name, NAME_MAX.

    /// <summary>Throws when an id cannot be used; it becomes the name of a directory.</summary>
    public static void Check(string id)
    {
        bool valid = id.Length is > 0 and <= MaxLength && id is not ("." or "..");
        foreach (char c in id)
        {
            valid &= char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '.' or '-';
        }

        if (!valid)
        {
            throw new LinuxException("invalid container ID format: " + Quote(id));
        }
    }

    /// <summary>On one line, whatever was typed.</summary>
    private static string Quote(string id)
    {
        char[] shown = id.Length > MaxLength ? [.. id[..32], '…'] : id.ToCharArray();
        for (int i = 0; i < shown.Length; i++)
        {
            shown[i] = char.IsControl(shown[i]) || char.IsSurrogate(shown[i]) ? '?' : shown[i];
        }

        return $"\"{new string(shown)}\"";
    }
}
