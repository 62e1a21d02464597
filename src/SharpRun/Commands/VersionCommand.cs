using SharpRun.Output;

namespace SharpRun.Commands;

/// <summary><c>version</c>: as <c>--version</c>.</summary>
internal static class VersionCommand
{
    internal static Command Row => new()
    {
        Name = "version",
        Summary = "show versions",
        Run = static (_, _) =>
        {
            VersionText.Print();
            return 0;
        },
    };
}
