namespace SharpRun.Linux.Systemd;

/// <summary>The calls of systemd's manager (org.freedesktop.systemd1(5)) that a container's unit needs.</summary>
internal sealed class SystemdUnits(IDBus bus) : IDisposable
{
    private const string Name = "org.freedesktop.systemd1";
    private const string Path = "/org/freedesktop/systemd1";
    private const string Manager = Name + ".Manager";
    private const string NoSuchUnit = Name + ".NoSuchUnit";
    private const string UnitExists = Name + ".UnitExists";
    private const string JobRemoved = "JobRemoved";
    private bool _listens;

    /// <summary>Makes a unit that lives as long as it is needed, and waits until it is there.</summary>
    /// <exception cref="LinuxException">systemd refuses it, or another one has its name; nothing is left.</exception>
    internal void StartTransient(string unit, IReadOnlyList<UnitProperty> properties)
    {
        Listen();
        DBusMessage answer = CallStart(unit, properties);
        if (answer.ErrorName == UnitExists)
        {
            // One that has failed keeps its name until somebody has taken note. One that is in use stays.
            _ = Call("ResetFailedUnit", "s", body => body.String(unit));
            answer = CallStart(unit, properties);
        }

        string result = ResultOf(Checked("StartTransientUnit", unit, answer), unit);
        if (result != "done")
        {
            Stop(unit);
            throw new LinuxException($"systemd: {unit}: starting it ended with \"{result}\"");
        }
    }

    /// <summary>Ends a unit with all its processes, waits for it, and has its name forgotten; one that is gone is no error.</summary>
    internal void Stop(string unit)
    {
        Listen();
        DBusMessage answer = Call("StopUnit", "ss", body =>
        {
            body.String(unit);
            body.String("replace");
        });
        if (answer.ErrorName != NoSuchUnit)
        {
            _ = ResultOf(Checked("StopUnit", unit, answer), unit);
            _ = Call("ResetFailedUnit", "s", body => body.String(unit));
        }
    }

    /// <summary>Changes properties of a unit for as long as it lives.</summary>
    internal void SetProperties(string unit, IReadOnlyList<UnitProperty> properties) =>
        _ = Checked("SetUnitProperties", unit, Call("SetUnitProperties", "sba(sv)", body =>
        {
            body.String(unit);
            body.Boolean(true);
            body.Properties(properties);
        }));

    /// <summary>Has systemd move a process, which may be allowed to do so where the caller is not.</summary>
    internal void Attach(string unit, int pid) =>
        _ = Checked("AttachProcessesToUnit", unit, Call("AttachProcessesToUnit", "ssau", body =>
        {
            body.String(unit);
            body.String("/");
            (int, int) array = body.BeginArray(4);
            body.UInt32((uint)pid);
            body.EndArray(array);
        }));

    /// <summary>The cgroup of systemd itself, below which all its units are.</summary>
    internal string ControlGroup()
    {
        DBusMessage answer = Checked("ControlGroup", Name, Send("org.freedesktop.DBus.Properties", "Get", "ss", body =>
        {
            body.String(Manager);
            body.String("ControlGroup");
        }));
        var reader = new DBusReader(answer.Body);
        reader.Variant("s");
        return reader.String().TrimEnd('/');
    }

    public void Dispose() => bus.Dispose();

    /// <summary>On a bus signals have to be asked for, and before the call: the job may be done when its answer comes.</summary>
    private void Listen()
    {
        if (_listens)
        {
            return;
        }

        _listens = true;
        if (bus.IsBus)
        {
            var body = new DBusWriter();
            body.String($"type='signal',sender='{Name}',path='{Path}',interface='{Manager}',member='{JobRemoved}'");
            _ = Checked("AddMatch", Name, bus.Call(DBusConnection.BusCall("AddMatch") with { Signature = "s", Body = body.Written.ToArray() }));
            _ = Checked("Subscribe", Name, Call("Subscribe", "", static _ => { }));
        }
    }

    private DBusMessage CallStart(string unit, IReadOnlyList<UnitProperty> properties) => Call("StartTransientUnit", "ssa(sv)a(sa(sv))", body =>
    {
        body.String(unit);
        body.String("replace");
        body.Properties(properties);
        body.EndArray(body.BeginArray(8));
    });

    /// <summary>Waits for the end of the job that an answer names.</summary>
    private string ResultOf(DBusMessage answer, string unit)
    {
        if (answer.Signature != "o")
        {
            throw DBusReader.Malformed($"a job of type \"{answer.Signature}\"");
        }

        var job = new DBusReader(answer.Body);
        string path = job.String();
        DBusMessage signal = bus.WaitForSignal(
            message => message.Member == JobRemoved && message.Interface == Manager && message.Signature == "uoss" && JobOf(message) == path, $"job of {unit}");
        var reader = new DBusReader(signal.Body);
        _ = reader.UInt32();
        _ = reader.String();
        _ = reader.String();
        return reader.String();
    }

    private static string JobOf(DBusMessage signal)
    {
        var reader = new DBusReader(signal.Body);
        _ = reader.UInt32();
        return reader.String();
    }

    private DBusMessage Call(string member, string signature, Action<DBusWriter> write) => Send(Manager, member, signature, write);

    private DBusMessage Send(string @interface, string member, string signature, Action<DBusWriter> write)
    {
        var body = new DBusWriter();
        write(body);
        return bus.Call(new DBusMessage
        {
            Type = DBusMessageType.Call,
            Path = Path,
            Interface = @interface,
            Member = member,
            Destination = bus.IsBus ? Name : null,
            Signature = signature,
            Body = body.Written.ToArray(),
        });
    }

    private static DBusMessage Checked(string call, string unit, DBusMessage answer) =>
        answer.Type == DBusMessageType.Error ? throw new LinuxException($"systemd: {call} {unit}: {answer.ErrorText} ({answer.ErrorName})") : answer;
}
