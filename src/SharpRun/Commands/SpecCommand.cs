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
            new Option("file", "f", "FILE", "the file to write, relative to the bundle (default: config.json)"),
            new Option("rootless", null, null, "for a container that an ordinary user starts"),
        ],
        Run = Run,
    };

    private static int Run(CommandContext context, Arguments arguments)
    {
        string bundle = arguments.Value("bundle") is { Length: > 0 } directory ? directory : ".";
        string name = arguments.Value("file") is { Length: > 0 } file ? file : FileName;
        byte[] document = arguments.Has("rootless")
            ? DefaultSpec.WriteRootless(Processes.EffectiveUser, Processes.EffectiveGroup)
            : DefaultSpec.Write();
        using OwnedFd parent = Files.Open(bundle, O_PATH | O_DIRECTORY);
        using OwnedFd? target = Files.TryOpenAt(parent.Number, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, out Errno errno, 0x1B6 /* 0666 */);
        if (target is null)
        {
            throw errno == Errno.EEXIST
                ? new UsageException($"File {name} exists. Remove it first")
                : new LinuxException("open", errno, $"{bundle}/{name}");
        }

        try
        {
            Files.WriteAll(target.Number, document, name);
        }
        catch (LinuxException)
        {
            // Half a document would be in the way of the next attempt.
            _ = Directories.TryUnlink(parent.Number, name);
            throw;
        }

        return 0;
    }
}
