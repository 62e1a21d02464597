using Tmds.Linux;
using static SharpRun.Linux.Abi.SocketAbi;

namespace SharpRun.Linux.Syscalls;

/// <summary>One descriptor to wait for; -1 is ignored.</summary>
/// <param name="Fd">The descriptor.</param>
/// <param name="Events">The poll events.</param>
internal readonly record struct PollEntry(int Fd, short Events);

/// <summary>poll(2), with deadlines that survive EINTR.</summary>
internal static unsafe class Waiting
{
    /// <summary>Milliseconds of the monotonic clock.</summary>
    internal static long Now => Environment.TickCount64;

    /// <summary>The moment that follows one in steps of an interval: in step, and without making up for what was missed.</summary>
    internal static long Following(long moment, long interval) => moment + (Math.Max(0, Now - moment) / interval * interval) + interval;

    /// <summary>Waits until one of the descriptors is ready; answers which (bit i for the i-th), 0 at the deadline.</summary>
    /// <param name="timeout">Milliseconds, or -1 for no deadline.</param>
    /// <param name="events">The poll events, the same for all.</param>
    /// <param name="fds">The descriptors; -1 is ignored.</param>
    internal static int Ready(int timeout, short events, params ReadOnlySpan<int> fds)
    {
        Span<PollEntry> entries = stackalloc PollEntry[fds.Length];
        for (int i = 0; i < fds.Length; i++)
        {
            entries[i] = new PollEntry(fds[i], events);
        }

        return Ready(timeout, entries);
    }

    /// <summary>As above, with events for each descriptor; an error or a hangup counts as ready.</summary>
    internal static int Ready(int timeout, ReadOnlySpan<PollEntry> entries)
    {
        pollfd* polls = stackalloc pollfd[entries.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            polls[i].fd = entries[i].Fd;
            polls[i].events = entries[i].Events;
        }

        long deadline = timeout < 0 ? long.MaxValue : Now + timeout;
        int count;
        do
        {
            int rest = timeout < 0 ? -1 : (int)Math.Max(0, deadline - Now);
            count = LibC.poll(polls, (ulong_t)(ulong)entries.Length, rest);
        }
        while (Check.Interrupted(count));

        _ = Check.Result(count, "poll");
        int ready = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            if ((polls[i].revents & (entries[i].Events | POLLERR | POLLHUP)) != 0)
            {
                ready |= 1 << i;
            }
        }

        return ready;
    }
}
