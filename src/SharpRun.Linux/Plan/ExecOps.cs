namespace SharpRun.Linux.Plan;

/// <summary>The candidates for argv[0], in the order of PATH.</summary>
internal struct FindProgramOp
{
    internal OpHeader Header;
    internal TextList Candidates;

    /// <summary>argv[0] as it was written; for messages, never read by the child.</summary>
    internal TextRef Name;
}

/// <summary>The user whose home directory is looked up in the container's passwd file.</summary>
internal struct LookUpHomeOp
{
    internal OpHeader Header;
    internal TextRef Path;
    internal uint Uid;
    internal int Pad;
}

/// <summary>execve(2) of the program that FindProgram found.</summary>
internal struct ExecuteOp
{
    internal OpHeader Header;
    internal TextList Arguments;
    internal TextList Environment;
}
