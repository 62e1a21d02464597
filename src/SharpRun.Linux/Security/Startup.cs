using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Security;

/// <summary>The first thing in Main: nothing that the caller left behind may matter to what follows.</summary>
internal static class Startup
{
    /// <summary>How many descriptors the caller has passed on from number 3, without a gap.</summary>
    internal static int InheritedDescriptors { get; private set; }

    /// <summary>Repairs standard streams and signal dispositions, and marks every other descriptor close-on-exec.</summary>
    internal static void Run()
    {
        RepairStreams();
        while (Files.IsInheritable(3 + InheritedDescriptors))
        {
            InheritedDescriptors++;
        }

        Files.CloseOnExecute(first: 3);

        // An ignored SIGCHLD would make waiting for a child fail; a full file system must be an error, not the end.
        Signals.SetDisposition(ProcessAbi.SIGCHLD, ignore: false);
        Signals.SetDisposition(ProcessAbi.SIGXFSZ, ignore: true);
    }

    /// <summary>A closed standard stream would be the number of the next file that is opened: config.json as the container's input.</summary>
    /// <remarks>With standard input closed .NET's own first file becomes descriptor 0: it is recognised by its close-on-exec flag.</remarks>
    private static void RepairStreams()
    {
        for (int fd = 0; fd <= 2; fd++)
        {
            if (!Files.IsInheritable(fd))
            {
                Files.KeepElsewhere(fd);
                using OwnedFd nothing = Files.Open("/dev/null", O_RDWR);
                Files.DuplicateTo(nothing.Number, fd);
                if (nothing.Number == fd)
                {
                    _ = nothing.Release();
                }
            }
        }
    }
}
