using System.Globalization;
using SharpRun.Linux.Security;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>Sockets that systemd has opened for this process (sd_listen_fds(3)): they are the container's.</summary>
internal static class ListenDescriptors
{
    /// <summary>How many there are; none when they are meant for another process.</summary>
    internal static int Count()
    {
        // They are passed on from number 3: without any descriptor there nothing has to be read.
        return Startup.InheritedDescriptors > 0
            && OwnProcess.Variable("LISTEN_PID"u8) == Processes.Self.ToString(CultureInfo.InvariantCulture)
            && int.TryParse(OwnProcess.Variable("LISTEN_FDS"u8), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                ? count : 0;
    }

    /// <summary>Tells the container's process of them; it is the first of its pid namespace.</summary>
    internal static ProcessSpec Tell(ProcessSpec process, int count) => count == 0
        ? process
        : process with { Env = [.. process.Env, "LISTEN_FDS=" + count.ToString(CultureInfo.InvariantCulture), "LISTEN_PID=1"] };
}
