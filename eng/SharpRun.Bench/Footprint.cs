using System.Globalization;

namespace SharpRun.Bench;

/// <summary>What a run costs besides time: memory, system calls; and how large the binary is.</summary>
internal sealed record Footprint(long PeakKiB, int SystemCalls, long BinaryBytes)
{
    private const int Repetitions = 5;

    /// <summary>Medians over a few runs of <paramref name="bundle"/>; -1 for what could not be measured.</summary>
    internal static Footprint Of(Contestant runtime, string bundle)
    {
        string id = $"bench-{Environment.ProcessId}-{runtime.Name}";
        string file = runtime.Output;
        string[] run = runtime.Call("run", "--bundle", bundle, id);
        long[] peaks = new long[Repetitions];
        long[] calls = new long[Repetitions];
        for (int i = 0; i < Repetitions; i++)
        {
            // The kernel counts the memory of whoever called execve, too: that has to be a small program.
            int status = ChildProcess.Run(["/bin/busybox", "time", "-f", "%M", "-o", file, .. run]).Status;
            peaks[i] = status == 0 ? long.Parse(File.ReadLines(file).Last(), CultureInfo.InvariantCulture) : -1;
            status = ChildProcess.Run(["/usr/bin/strace", "-f", "-qq", "-e", "signal=none", "-o", file, .. run]).Status;
            // A call that another process interrupts has two lines; the second says "resumed".
            calls[i] = status == 0 ? File.ReadLines(file).Count(line => line.Contains('(', StringComparison.Ordinal)) : -1;
        }
        return new Footprint(Statistics.Median(peaks), (int)Statistics.Median(calls), new FileInfo(runtime.Binary).Length);
    }
}
