using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;

namespace SharpRun.Linux.Containers;

/// <summary>The container's terminal while the runtime stays in the foreground: the caller's terminal, or its pipes, are connected with it.</summary>
/// <remarks>The caller's terminal is raw meanwhile: what a key means is the container's terminal's business. It is set back on every way out.</remarks>
internal sealed class ForegroundTerminal : IDisposable
{
    private OwnedFd? _terminal;
    private int _callers = -1;
    private TerminalSettings _before;

    /// <summary>The container's terminal; null when the process has none.</summary>
    internal OwnedFd? Descriptor => _terminal;

    /// <summary>The child has made it.</summary>
    internal void Take(OwnedFd terminal)
    {
        _terminal = terminal;
        Files.SetNonBlocking(terminal.Number);
        for (int fd = 0; fd <= 2 && _callers < 0; fd++)
        {
            if (Terminals.TryGetSettings(fd) is { } settings)
            {
                _callers = fd;
                _before = settings;
            }
        }

        if (_callers >= 0)
        {
            Resize();
            Terminals.SetSettings(_callers, Terminals.Raw(_before));
        }
    }

    /// <summary>The caller's terminal has changed its size (SIGWINCH).</summary>
    internal void Resize()
    {
        if (_terminal is not null && _callers >= 0)
        {
            Terminals.CopySize(_callers, _terminal.Number);
        }
    }

    public void Dispose()
    {
        if (_callers >= 0)
        {
            Terminals.SetSettings(_callers, _before);
            _callers = -1;
        }

        _terminal?.Dispose();
        _terminal = null;
    }
}
