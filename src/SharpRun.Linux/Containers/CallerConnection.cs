using System.Globalization;
using System.Text;
using SharpRun.Linux.Launch;
using SharpRun.Linux.Security;
using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Containers;

/// <summary>The caller's sockets, connected before anything is made, and what is told through them.</summary>
internal sealed class CallerConnection : IDisposable
{
    private const int FirstPassed = 3;

    private readonly CallerChannels _channels;
    private readonly OwnedFd? _console;
    private readonly OwnedFd? _pidFdSocket;

    private CallerConnection(CallerChannels channels)
    {
        _channels = channels;
        _console = channels.ConsoleSocket is { } console ? UnixSocket.Connect(console) : null;
        try
        {
            _pidFdSocket = channels.PidFdSocket is { } socket ? UnixSocket.Connect(socket) : null;
        }
        catch
        {
            _console?.Dispose();
            throw;
        }
    }

    /// <summary>Checks that what was asked for fits together, and connects.</summary>
    /// <param name="channels">What was asked for.</param>
    /// <param name="terminal">Whether the process gets a terminal.</param>
    /// <param name="detach">Whether the runtime ends before the process does.</param>
    internal static CallerConnection Open(CallerChannels channels, bool terminal, bool detach)
    {
        if (detach && terminal && channels.ConsoleSocket is null)
        {
            throw new LinuxException("cannot allocate tty if sharprun will detach without setting console socket");
        }

        if (channels.ConsoleSocket is not null && !(detach && terminal))
        {
            throw new LinuxException("cannot use console socket if sharprun will not detach or allocate tty");
        }

        if (channels.PassedDescriptors > Startup.InheritedDescriptors)
        {
            throw new LinuxException(
                $"unable to stat preserved-fd {(FirstPassed + Startup.InheritedDescriptors).ToString(CultureInfo.InvariantCulture)} (of {channels.PassedDescriptors.ToString(CultureInfo.InvariantCulture)}): no such file or directory");
        }

        return new CallerConnection(channels);
    }

    /// <summary>Whether the terminal goes to the caller.</summary>
    internal bool TakesTerminal => _console is not null;

    /// <summary>Sends the terminal. Its name comes with it, for those who show it.</summary>
    internal void SendTerminal(OwnedFd terminal) =>
        DescriptorMessage.Send(_console!.Number, Encoding.ASCII.GetBytes(Terminals.PeerName(terminal)), terminal.Number, _channels.ConsoleSocket!);

    /// <summary>The process runs or waits: sends its pidfd and writes the pid file.</summary>
    /// <param name="process">The process; ended when it cannot be told of.</param>
    /// <param name="kind">What is sent with the pidfd.</param>
    internal void Announce(LaunchedProcess process, string kind)
    {
        try
        {
            if (_pidFdSocket is not null)
            {
                DescriptorMessage.Send(_pidFdSocket.Number, Encoding.ASCII.GetBytes(kind), process.PidFd.Number, _channels.PidFdSocket!);
            }

            if (_channels.PidFile is { } file)
            {
                WritePidFile(file, process.Pid);
            }
        }
        catch
        {
            _ = process.Destroy();
            process.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _console?.Dispose();
        _pidFdSocket?.Dispose();
    }

    /// <summary>The whole number or no file: a caller that watches for it never reads half of it.</summary>
    private static void WritePidFile(string path, int pid)
    {
        int slash = path.LastIndexOf('/');
        using OwnedFd parent = Files.Open(slash < 0 ? "." : slash == 0 ? "/" : path[..slash], O_PATH | O_DIRECTORY);
        byte[] text = Encoding.ASCII.GetBytes(pid.ToString(CultureInfo.InvariantCulture));
        Files.WriteAtomically(parent.Number, path[(slash + 1)..], text, 0x1A4 /* 0644 */);
    }
}
