using Tmds.Linux;
using static SharpRun.Linux.Abi.SocketAbi;

namespace SharpRun.Linux.Syscalls;

/// <summary>poll(2), with deadlines that survive EINTR.</summary>
internal static unsafe class Waiting
{
    /// <summary>Milliseconds of the monotonic clock.</summary>
    internal static long Now => Environment.TickCount64;

    /// <summary>Waits until one of the descriptors is ready; answers which (bit i for the i-th), 0 at the deadline.</summary>
    /// <param name="timeout">Milliseconds, or -1 for no deadline.</param>
    /// <param name="events">The poll events, the same for all.</param>
    /// <param name="fds">The descriptors; -1 is ignored.</param>
    internal static int Ready(int timeout, short events, params ReadOnlySpan<int> fds)
    {
        pollfd* polls = stackalloc pollfd[fds.Length];
        for (int i = 0; i < fds.Length; i++)
        {
            polls[i].fd = fds[i];
            polls[i].events = events;
        }

        long deadline = timeout < 0 ? long.MaxValue : Now + timeout;
        int count;
        do
        {
            int rest = timeout < 0 ? -1 : (int)Math.Max(0, deadline - Now);
            count = LibC.poll(polls, (ulong_t)(ulong)fds.Length, rest);
        }
        while (Check.Interrupted(count));

        _ = Check.Result(count, "poll");
        int ready = 0;
        for (int i = 0; i < fds.Length; i++)
        {
            if ((polls[i].revents & (events | POLLERR | POLLHUP)) != 0)
            {
                ready |= 1 << i;
            }
        }

        return ready;
    }
}
