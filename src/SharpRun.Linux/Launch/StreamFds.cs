namespace SharpRun.Linux.Launch;

/// <summary>Descriptors for the registers of the standard streams.</summary>
internal readonly record struct StreamFds(int Input, int Output, int Error);
