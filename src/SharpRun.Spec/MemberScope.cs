namespace SharpRun.Spec;

/// <summary>What the reader keeps of one object while it walks through the members.</summary>
internal struct MemberScope
{
    /// <summary>Where the object starts in the file.</summary>
    internal int Offset;

    /// <summary>One bit for each known member that was met.</summary>
    internal ulong Seen;

    /// <summary>How many names the current member was compared with.</summary>
    internal int Compared;
}

/// <summary>Reads one element of an array or one value of a map.</summary>
internal delegate T ValueReader<out T>(ref SpecTokens tokens);
