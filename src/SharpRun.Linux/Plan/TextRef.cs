namespace SharpRun.Linux.Plan;

/// <summary>A NUL-terminated text of a plan: where it starts in the text region, and its length without the NUL.</summary>
/// <remarks>Offset 0 holds no text: it is the null pointer of a system call.</remarks>
internal struct TextRef
{
    internal int Offset;
    internal int Length;
}

/// <summary>An array of <see cref="TextRef"/> in the text region, aligned to 8 bytes.</summary>
internal struct TextList
{
    internal int Offset;
    internal int Count;
}
