using System.Globalization;
using SharpRun.Linux.Abi;

namespace SharpRun.Linux.Cgroups;

/// <summary>Stops all processes of a cgroup and lets them go on: cgroup.freeze says what is wanted, cgroup.events what is.</summary>
internal static class Freezer
{
    private const int Milliseconds = 10_000;

    /// <summary>Stops all processes; returns when they are stopped. If they cannot be, all go on.</summary>
    /// <param name="cgroup">Whose.</param>
    /// <param name="milliseconds">How long it may take: a process that waits for a device stops when it no longer does.</param>
    internal static void Freeze(Cgroup cgroup, int milliseconds = Milliseconds)
    {
        try
        {
            Set(cgroup, "1", milliseconds);
        }
        catch
        {
            _ = cgroup.TryWrite("cgroup.freeze", "0");
            throw;
        }
    }

    /// <summary>Lets all processes go on.</summary>
    internal static void Thaw(Cgroup cgroup) => Set(cgroup, "0", Milliseconds);

    private static void Set(Cgroup cgroup, string value, int milliseconds)
    {
        Errno errno = cgroup.TryWrite("cgroup.freeze", value);
        if (value == "0" && errno is Errno.ENODEV or Errno.ENOENT)
        {
            // Removed in the meantime: nothing is frozen there any more.
            return;
        }

        if (errno != 0)
        {
            throw new LinuxException("write", errno, cgroup.Path + "/cgroup.freeze");
        }

        if (!cgroup.WaitFor("frozen " + value, milliseconds))
        {
            string time = milliseconds.ToString(CultureInfo.InvariantCulture);
            throw new LinuxException($"cgroup {cgroup.Path}: not {(value == "1" ? "frozen" : "thawed")} within {time}ms");
        }
    }
}
