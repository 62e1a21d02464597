using System.Globalization;
using SharpRun.Linux.Abi;

namespace SharpRun.Linux.Containers;

/// <summary>Signals by number or name, as kill(1) takes them.</summary>
internal static class SignalName
{
    // By their numbers, signal(7), x86-64 and arm64.
    private static readonly string[] Names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>The number of a signal; null when there is none of that name.</summary>
    /// <param name="text">A number, 0 for no signal but its checks, or a name with or without SIG, in any case; RTMIN+N and RTMAX-N too.</param>
    internal static int? Number(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return number is >= 0 and <= ProcessAbi.SignalCount ? number : null;
        }

        string name = text.ToUpperInvariant();
        name = name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name;
        int index = name switch
        {
            "IOT" => 6,
            "CLD" => 17,
            "POLL" => 29,
            _ => name.Length == 0 ? -1 : Array.IndexOf(Names, name),
        };
        return index > 0 ? index : RealTime(name);
    }

    /// <summary>The name of a signal with SIG; its number when it has none.</summary>
    internal static string Of(int signal) =>
        signal > 0 && signal < Names.Length ? "SIG" + Names[signal] : signal.ToString(CultureInfo.InvariantCulture);

    private static int? RealTime(string name)
    {
        const int First = 34;
        const int Last = ProcessAbi.SignalCount;
        int? signal = name switch
        {
            "RTMIN" => First,
            "RTMAX" => Last,
            _ when name.StartsWith("RTMIN+", StringComparison.Ordinal) => First + Offset(name),
            _ when name.StartsWith("RTMAX-", StringComparison.Ordinal) => Last - Offset(name),
            _ => null,
        };
        return signal is >= First and <= Last ? signal : null;
    }

    private static int? Offset(string name) =>
        int.TryParse(name.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out int offset) && offset < ProcessAbi.SignalCount ? offset : null;
}
