namespace SharpRun.Linux.Plan;

/// <summary>A message of rtnetlink(7) about one network device of the namespace that the child is in.</summary>
internal struct ChangeNetDeviceOp
{
    /// <summary>Shortest message: a header, and what begins with the device's number.</summary>
    internal const int MinLength = 24;

    /// <summary>Longest message.</summary>
    internal const int MaxLength = 1024;

    internal OpHeader Header;

    /// <summary>The device, at most 15 bytes; its number is filled into the message.</summary>
    internal TextRef Name;

    /// <summary>Where the message is in the text region.</summary>
    internal int Offset;

    /// <summary>Its bytes.</summary>
    internal int Length;
}
