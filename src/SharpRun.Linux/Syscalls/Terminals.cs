using System.Globalization;
using SharpRun.Linux.Abi;
using Tmds.Linux;
using static SharpRun.Linux.Abi.SyscallNumber;
using static SharpRun.Linux.Abi.TerminalAbi;

namespace SharpRun.Linux.Syscalls;

/// <summary>Terminals of the host: settings and sizes (ioctl_tty(2)).</summary>
internal static unsafe class Terminals
{
    /// <summary>The settings of a terminal; null when the descriptor is none.</summary>
    internal static TerminalSettings? TryGetSettings(int fd)
    {
        TerminalSettings settings;
        return (int)LibC.syscall(SYS_ioctl, fd, TCGETS, &settings) == 0 ? settings : null;
    }

    /// <summary>Changes the settings once everything written before has been shown.</summary>
    internal static void SetSettings(int fd, TerminalSettings settings) => _ = LibC.syscall(SYS_ioctl, fd, TCSETSW, &settings);

    /// <summary>Every byte goes through as it is, at once: the other terminal does what this one did.</summary>
    internal static TerminalSettings Raw(TerminalSettings settings)
    {
        settings.Input &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
        settings.Output &= ~OPOST;
        settings.Local &= ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
        settings.Control = (settings.Control & ~(CSIZE | PARENB)) | CS8;
        settings.Characters[VMIN] = 1;
        settings.Characters[VTIME] = 0;
        return settings;
    }

    /// <summary>Keys arrive at once and are not shown; those that send signals still do.</summary>
    internal static TerminalSettings Keys(TerminalSettings settings)
    {
        settings.Local &= ~(ECHO | ECHONL | ICANON);
        settings.Characters[VMIN] = 1;
        settings.Characters[VTIME] = 0;
        return settings;
    }

    /// <summary>Rows and columns; null when the descriptor is no terminal, or one that does not know.</summary>
    internal static (int Rows, int Columns)? TryGetSize(int fd)
    {
        WindowSize size;
        return (int)LibC.syscall(SYS_ioctl, fd, TIOCGWINSZ, &size) == 0 && size is { Rows: > 0, Columns: > 0 } ? (size.Rows, size.Columns) : null;
    }

    /// <summary>Gives a terminal the size of another one, if that is one.</summary>
    internal static void CopySize(int from, int to)
    {
        WindowSize size;
        if ((int)LibC.syscall(SYS_ioctl, from, TIOCGWINSZ, &size) == 0)
        {
            _ = LibC.syscall(SYS_ioctl, to, TIOCSWINSZ, &size);
        }
    }

    /// <summary>What the other end of a pseudoterminal is called inside the container.</summary>
    internal static string PeerName(OwnedFd terminal)
    {
        int number;
        _ = Check.Result((int)LibC.syscall(SYS_ioctl, terminal.Number, TIOCGPTN, &number), "ioctl(TIOCGPTN)");
        return "/dev/pts/" + number.ToString(CultureInfo.InvariantCulture);
    }
}
