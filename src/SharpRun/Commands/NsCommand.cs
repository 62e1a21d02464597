using SharpRun.CommandLine;
using SharpRun.Linux;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Containers;
using SharpRun.Linux.Syscalls;
using SharpRun.Output;

namespace SharpRun.Commands;

/// <summary><c>ns</c>: which container is in which namespace, and with whom.</summary>
internal static class NsCommand
{
    private const uint Readable = 0x1A4; // 0644

    internal static Command Row => new()
    {
        Name = "ns",
        Summary = "show who shares which namespaces, grouped into pods",
        Usage = "[ID...]",
        Options =
        [
            new Option("json", null, null, "print it as JSON"),
            new Option("svg", null, "FILE", "draw it; - is standard output"),
        ],
        Most = int.MaxValue,
        Run = Run,
    };

    private static int Run(CommandContext context, Arguments arguments)
    {
        string? picture = arguments.Value("svg");
        if (picture is not null && arguments.Has("json"))
        {
            throw new UsageException("--json and --svg exclude each other");
        }

        context.RequireRoot();
        List<NamespaceUser> users = NamespaceReport.Of(
            context.Store, arguments.Positional, (id, error) => context.Log.Error($"container {id}: {error.Message}", error));
        if (picture is not null)
        {
            WritePicture(picture, NamespacePicture.Draw(users));
        }
        else if (arguments.Has("json"))
        {
            StandardOutput.Write(NamespaceJson.Write(users));
        }
        else
        {
            StandardOutput.Write(NamespaceTable.Write(users));
        }

        return 0;
    }

    private static void WritePicture(string path, string picture)
    {
        if (path == "-")
        {
            StandardOutput.Write(picture);
            return;
        }

        const int Write = FileAbi.O_WRONLY | FileAbi.O_CREAT;
        using OwnedFd? made = Files.TryOpenAt(FileAbi.AT_FDCWD, path, Write | FileAbi.O_EXCL, out _, Readable);
        using OwnedFd? other = made is null ? Files.Open(path, Write | FileAbi.O_TRUNC, Readable) : null;
        try
        {
            Files.WriteAll((made ?? other!).Number, RawText.Encode(picture), path);
        }
        catch (LinuxException) when (made is not null)
        {
            // Half a picture is of no use.
            _ = Directories.TryUnlink(FileAbi.AT_FDCWD, path);
            throw;
        }
    }
}
