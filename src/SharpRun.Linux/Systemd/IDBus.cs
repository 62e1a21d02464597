namespace SharpRun.Linux.Systemd;

/// <summary>A connection to systemd: the place where tests put something else.</summary>
internal interface IDBus : IDisposable
{
    /// <summary>Whether messages go through a bus, which forwards only what was asked for, or straight to systemd.</summary>
    bool IsBus { get; }

    /// <summary>Sends a call and waits for what answers it: a reply or an error.</summary>
    /// <exception cref="LinuxException">No answer in time, or the connection is lost.</exception>
    DBusMessage Call(DBusMessage call);

    /// <summary>Waits for a signal; those that came while something else was awaited count.</summary>
    /// <param name="isWanted">Which.</param>
    /// <param name="what">What it would tell, for the error.</param>
    /// <exception cref="LinuxException">It did not come in time, or the connection is lost.</exception>
    DBusMessage WaitForSignal(Func<DBusMessage, bool> isWanted, string what);
}
