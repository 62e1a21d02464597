using SharpRun.Linux.Systemd;
using Xunit;

namespace SharpRun.Linux.Tests.Systemd;

/// <summary>The calls to systemd and their order, with a connection that answers from a list.</summary>
public sealed class SystemdUnitsTests
{
    private const string Job = "/org/freedesktop/systemd1/job/7";

    [Fact]
    public void StartTransient_OverABus_AsksForSignalsBeforeTheCall()
    {
        using var bus = new ScriptedBus(isBus: true) { Result = "done" };

        new SystemdUnits(bus).StartTransient("a.scope", [new("Delegate", true)]);

        Assert.Equal(["AddMatch", "Subscribe", "StartTransientUnit a.scope", "wait"], bus.Calls);
    }

    [Fact]
    public void StartTransient_NameOfAFailedUnit_IsResetAndTriedOnceMore()
    {
        using var bus = new ScriptedBus(isBus: false) { Result = "done", Errors = { ("StartTransientUnit", "org.freedesktop.systemd1.UnitExists", 1) } };

        new SystemdUnits(bus).StartTransient("a.scope", []);

        Assert.Equal(["StartTransientUnit a.scope", "ResetFailedUnit a.scope", "StartTransientUnit a.scope", "wait"], bus.Calls);
    }

    [Fact]
    public void StartTransient_NameInUse_IsAnError()
    {
        using var bus = new ScriptedBus(isBus: false) { Errors = { ("StartTransientUnit", "org.freedesktop.systemd1.UnitExists", 9) } };

        LinuxException error = Assert.Throws<LinuxException>(() => new SystemdUnits(bus).StartTransient("a.scope", []));

        Assert.Equal("systemd: StartTransientUnit a.scope: no (org.freedesktop.systemd1.UnitExists)", error.Message);
    }

    [Fact]
    public void StartTransient_JobThatFails_IsAnErrorAndLeavesNothing()
    {
        using var bus = new ScriptedBus(isBus: false) { Result = "failed" };

        LinuxException error = Assert.Throws<LinuxException>(() => new SystemdUnits(bus).StartTransient("a.scope", []));

        Assert.Equal("systemd: a.scope: starting it ended with \"failed\"", error.Message);
        Assert.Equal(["StartTransientUnit a.scope", "wait", "StopUnit a.scope", "wait", "ResetFailedUnit a.scope"], bus.Calls);
    }

    [Fact]
    public void Stop_UnitThatIsGone_IsNoError()
    {
        using var bus = new ScriptedBus(isBus: false) { Errors = { ("StopUnit", "org.freedesktop.systemd1.NoSuchUnit", 1) } };

        new SystemdUnits(bus).Stop("a.scope");

        Assert.Equal(["StopUnit a.scope"], bus.Calls);
    }

    [Fact]
    public void SetProperties_Refused_IsTheErrorOfSystemd()
    {
        using var bus = new ScriptedBus(isBus: false) { Errors = { ("SetUnitProperties", "x.y", 1) } };

        LinuxException error = Assert.Throws<LinuxException>(() => new SystemdUnits(bus).SetProperties("a.scope", []));

        Assert.Equal("systemd: SetUnitProperties a.scope: no (x.y)", error.Message);
    }

    private sealed class ScriptedBus(bool isBus) : IDBus
    {
        public List<(string Member, string Error, int Times)> Errors { get; } = [];

        public List<string> Calls { get; } = [];

        public string Result { get; init; } = "";

        public bool IsBus => isBus;

        public DBusMessage Call(DBusMessage call)
        {
            bool namesUnit = call.Interface == "org.freedesktop.systemd1.Manager" && call.Signature.StartsWith('s');
            Calls.Add(namesUnit ? $"{call.Member} {new DBusReader(call.Body).String()}" : call.Member!);
            var body = new DBusWriter();
            int at = Errors.FindIndex(error => error.Member == call.Member && error.Times > 0);
            if (at >= 0)
            {
                body.String("no");
                Errors[at] = Errors[at] with { Times = Errors[at].Times - 1 };
                return new DBusMessage { Type = DBusMessageType.Error, ErrorName = Errors[at].Error, Signature = "s", Body = body.Written.ToArray() };
            }

            body.String(Job);
            return new DBusMessage { Type = DBusMessageType.Reply, Signature = "o", Body = body.Written.ToArray() };
        }

        public DBusMessage WaitForSignal(Func<DBusMessage, bool> isWanted, string what)
        {
            Calls.Add("wait");
            Assert.False(isWanted(Removed("/org/freedesktop/systemd1/job/70")));
            DBusMessage signal = Removed(Job);
            Assert.True(isWanted(signal));
            return signal;
        }

        public void Dispose()
        {
        }

        private DBusMessage Removed(string job)
        {
            var body = new DBusWriter();
            body.UInt32(7);
            body.String(job);
            body.String("a.scope");
            body.String(Result);
            return new DBusMessage
            {
                Type = DBusMessageType.Signal,
                Interface = "org.freedesktop.systemd1.Manager",
                Member = "JobRemoved",
                Signature = "uoss",
                Body = body.Written.ToArray(),
            };
        }
    }
}
