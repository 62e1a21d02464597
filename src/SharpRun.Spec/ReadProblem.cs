namespace SharpRun.Spec;

/// <summary>A problem found while reading: where in the file, and which member of the object there is missing.</summary>
/// <param name="Offset">The byte offset of the token.</param>
/// <param name="Member">The missing member of the object at that offset; null when the token itself is the problem.</param>
/// <param name="Message">What is wrong.</param>
internal readonly record struct ReadProblem(int Offset, string? Member, string Message);
