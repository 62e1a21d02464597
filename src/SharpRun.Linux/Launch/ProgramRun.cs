using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;

namespace SharpRun.Linux.Launch;

/// <summary>How a program ended that the runtime has waited for.</summary>
/// <param name="Exit">Its status.</param>
/// <param name="TimedOut">It was ended because its time was over.</param>
/// <param name="Output">What it wrote to standard output, as far as there was room.</param>
/// <param name="Error">What it wrote to standard error, as far as there was room.</param>
internal sealed record ProgramEnd(ExitInfo Exit, bool TimedOut, string Output, string Error);

/// <summary>Runs a plan to the end of its program: input from memory, output captured, with a time limit.</summary>
internal static class ProgramRun
{
    // More than this is read and dropped, so that the program neither waits nor fills the memory.
    private const int DefaultRoom = 64 << 10;

    /// <summary>Starts the program and waits for its end.</summary>
    /// <param name="request">The launch; its plan takes the registers of the standard streams.</param>
    /// <param name="launch">Who launches it.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="timeout">Seconds after which it and what it has started are killed; null for none.</param>
    /// <param name="room">Bytes kept of each stream.</param>
    /// <exception cref="LinuxException">It could not be started.</exception>
    internal static ProgramEnd Run(
        LaunchRequest request, Func<LaunchRequest, LaunchedProcess> launch, ReadOnlySpan<byte> input, int? timeout, int room = DefaultRoom)
    {
        long deadline = timeout is { } seconds ? Waiting.Now + (seconds * 1000L) : long.MaxValue;

        // A file, not a pipe: who does not read it blocks nobody, and there is nothing to feed.
        using OwnedFd source = Files.CreateInMemory("stdin", FileAbi.MFD_CLOEXEC | FileAbi.MFD_NOEXEC_SEAL);
        Files.WriteAt(source.Number, input, "stdin");
        using var output = new Pipe();
        using var error = new Pipe();
        using LaunchedProcess process = launch(request with { Streams = new StreamFds(source.Number, output.Writer.Number, error.Writer.Number) });
        output.Writer.Dispose();
        error.Writer.Dispose();
        var captures = (Output: new StreamCapture(output.Reader, room), Error: new StreamCapture(error.Reader, room));
        bool ended = false;
        try
        {
            ended = Await(process, captures.Output, captures.Error, deadline);
        }
        finally
        {
            if (!ended)
            {
                // It leads a session of its own, so this is it and its children; it has not been reaped, so the number is still its own.
                Processes.KillGroup(process.Pid);
            }
        }

        ExitInfo exit = Processes.Wait(process.PidFd.Number) ?? throw new LinuxException("waitid", Errno.ECHILD);
        if (ended)
        {
            // Not to the end of the streams: a daemon that it has left behind may hold them for ever.
            captures.Output.Drain();
            captures.Error.Drain();
        }

        return new ProgramEnd(exit, !ended, captures.Output.Text, captures.Error.Text);
    }

    /// <summary>Reads what the program writes until it ends; false when its time is over.</summary>
    private static bool Await(LaunchedProcess process, StreamCapture output, StreamCapture error, long deadline)
    {
        while (true)
        {
            int rest = deadline == long.MaxValue ? -1 : (int)Math.Clamp(deadline - Waiting.Now, 0, int.MaxValue);
            int ready = Waiting.Ready(rest, SocketAbi.POLLIN, process.PidFd.Number, output.Fd, error.Fd);
            if ((ready & 1) != 0)
            {
                return true;
            }

            if ((ready & 2) != 0)
            {
                output.Take();
            }

            if ((ready & 4) != 0)
            {
                error.Take();
            }

            if (Waiting.Now >= deadline)
            {
                return false;
            }
        }
    }
}
