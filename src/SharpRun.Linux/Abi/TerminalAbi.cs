using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SharpRun.Linux.Abi;

/// <summary>Constants of asm/ioctls.h and asm/termbits.h: pseudoterminals and line settings.</summary>
internal static class TerminalAbi
{
    internal const int TCGETS = 0x5401;
    internal const int TCSETSW = 0x5403;
    internal const int TIOCSCTTY = 0x540E;
    internal const int TIOCGWINSZ = 0x5413;
    internal const int TIOCSWINSZ = 0x5414;
    internal const int TIOCGPTPEER = 0x5441;
    internal const uint TIOCGPTN = 0x80045430;
    internal const uint TIOCSPTLCK = 0x40045431;

    internal const uint IGNBRK = 0x1;
    internal const uint BRKINT = 0x2;
    internal const uint PARMRK = 0x8;
    internal const uint ISTRIP = 0x20;
    internal const uint INLCR = 0x40;
    internal const uint IGNCR = 0x80;
    internal const uint ICRNL = 0x100;
    internal const uint IXON = 0x400;
    internal const uint OPOST = 0x1;
    internal const uint CSIZE = 0x30;
    internal const uint CS8 = 0x30;
    internal const uint PARENB = 0x100;
    internal const uint ISIG = 0x1;
    internal const uint ICANON = 0x2;
    internal const uint ECHO = 0x8;
    internal const uint ECHONL = 0x40;
    internal const uint IEXTEN = 0x8000;
    internal const int VTIME = 5;
    internal const int VMIN = 6;
}

/// <summary>struct termios of the kernel (asm/termbits.h), which is not libc's.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TerminalSettings
{
    internal uint Input;
    internal uint Output;
    internal uint Control;
    internal uint Local;
    internal byte Line;
    internal TerminalCharacters Characters;
}

/// <summary>c_cc of struct termios.</summary>
[InlineArray(19)]
internal struct TerminalCharacters
{
    private byte _first;
}

/// <summary>struct winsize, asm/termios.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WindowSize
{
    internal ushort Rows;
    internal ushort Columns;
    internal ushort Width;
    internal ushort Height;
}
