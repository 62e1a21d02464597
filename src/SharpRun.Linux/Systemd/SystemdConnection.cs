using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;

namespace SharpRun.Linux.Systemd;

/// <summary>Where systemd is: one connection for each command.</summary>
internal static class SystemdConnection
{
    private const string PrivateSocket = "/run/systemd/private";
    private const string SystemBus = "/run/dbus/system_bus_socket";

    /// <summary>Whether containers are units of the user's systemd: without root's rights over the machine there is no other.</summary>
    internal static bool IsUser => Processes.EffectiveUser != 0 || Processes.IsInUserNamespace();

    /// <summary>Connects to systemd.</summary>
    /// <param name="isUser">The user's instead of the machine's.</param>
    /// <exception cref="LinuxException">It is not there, or does not answer.</exception>
    internal static IDBus Open(bool isUser) => isUser ? OpenUser() : OpenSystem();

    /// <remarks>Root talks to systemd itself: a bus between them would be one more queue, and one more program that can be down.</remarks>
    private static DBusConnection OpenSystem()
    {
        try
        {
            return DBusConnection.Open(PrivateSocket, isBus: false);
        }
        catch (LinuxException error) when (IsAbsent(error))
        {
            string address = OwnProcess.Variable("DBUS_SYSTEM_BUS_ADDRESS"u8) is { Length: > 0 } given ? PathOf(given) : SystemBus;
            return OpenBus(address, $"systemd is not running here: neither {PrivateSocket} nor {address} answers");
        }
    }

    /// <remarks>Callers clear the environment but for XDG_RUNTIME_DIR: the address is then the usual one.</remarks>
    private static DBusConnection OpenUser()
    {
        string? path =
            OwnProcess.Variable("DBUS_SESSION_BUS_ADDRESS"u8) is { Length: > 0 } given ? PathOf(given)
            : OwnProcess.Variable("XDG_RUNTIME_DIR"u8) is { Length: > 0 } directory ? directory + "/bus"
            : null;
        return path is null
            ? throw new LinuxException("systemd of the user: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set")
            : OpenBus(path, $"systemd of the user is not running: {path} does not answer");
    }

    private static DBusConnection OpenBus(string path, string absent)
    {
        try
        {
            return DBusConnection.Open(path, isBus: true);
        }
        catch (LinuxException error) when (IsAbsent(error))
        {
            throw new LinuxException(absent);
        }
    }

    private static bool IsAbsent(LinuxException error) => error.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ECONNREFUSED;

    /// <summary>The socket of a bus address, such as <c>unix:path=/run/user/1000/bus,guid=…</c>; of several the first that is one.</summary>
    internal static string PathOf(string address)
    {
        foreach (string one in address.Split(';'))
        {
            if (one.StartsWith("unix:", StringComparison.Ordinal))
            {
                foreach (string pair in one["unix:".Length..].Split(','))
                {
                    int equals = pair.IndexOf('=', StringComparison.Ordinal);
                    if (equals > 0 && pair[..equals] is "path" or "abstract")
                    {
                        return (pair[0] == 'a' ? "@" : "") + Uri.UnescapeDataString(pair[(equals + 1)..]);
                    }
                }
            }
        }

        throw new LinuxException($"D-Bus: {address}: not the address of a Unix socket");
    }
}
