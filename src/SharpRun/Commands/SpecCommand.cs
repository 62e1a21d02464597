using SharpRun.CommandLine;
using SharpRun.Linux;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Commands;

/// <summary><c>spec</c>: a configuration to begin with.</summary>
internal static class SpecCommand
{
    private const string FileName = "config.json";

    internal static Command Row => new()
    {
        Name = "spec",
        Summary = "write a config.json to begin with",
        Options =
        [
            new Option("bundle", "b", "DIR", "the bundle (default: the current directory)"),
            new Option("rootless", null, null, "for a container that an ordinary user starts"),
        ],
        Run = Run,
    };

    private static int Run(CommandContext context, Arguments arguments)
    {
        string bundle = arguments.Value("bundle") is { Length: > 0 } directory ? directory : ".";
        byte[] document = arguments.Has("rootless")
            ? DefaultSpec.WriteRootless(Processes.EffectiveUser, Processes.EffectiveGroup)
            : DefaultSpec.Write();
        using OwnedFd parent = Files.Open(bundle, O_PATH | O_DIRECTORY);
        using OwnedFd? file = Files.TryOpenAt(parent.Number, FileName, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, out Errno errno, 0x1B6 /* 0666 */);
        if (file is null)
        {
            throw errno == Errno.EEXIST
                ? new UsageException($"File {FileName} exists. Remove it first")
                : new LinuxException("open", errno, $"{bundle}/{FileName}");
        }

        try
        {
            Files.WriteAll(file.Number, document, FileName);
        }
        catch (LinuxException)
        {
            // Half a document would be in the way of the next attempt.
            _ = Directories.TryUnlink(parent.Number, FileName);
            throw;
        }

        return 0;
    }
}
