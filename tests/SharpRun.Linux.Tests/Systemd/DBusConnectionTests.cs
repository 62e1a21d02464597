using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using SharpRun.Linux.Systemd;
using Xunit;

namespace SharpRun.Linux.Tests.Systemd;

/// <summary>The connection with a real bus of its own, and with servers that do not answer as one.</summary>
public sealed class DBusConnectionTests : IDisposable
{
    private const int Patience = 10_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("sharprun-").FullName;
    private Process? _daemon;

    public void Dispose()
    {
        _daemon?.Kill();
        _daemon?.WaitForExit();
        _daemon?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Bus_Call_IsAnswered()
    {
        using DBusConnection connection = DBusConnection.Open(StartBus(), isBus: true, Patience);

        DBusMessage answer = connection.Call(DBusConnection.BusCall("ListNames"));

        Assert.Equal((DBusMessageType.Reply, "as"), (answer.Type, answer.Signature));
        Assert.Contains("org.freedesktop.DBus", Encoding.UTF8.GetString(answer.Body), StringComparison.Ordinal);
    }

    [Fact]
    public void Bus_UnknownMethod_IsAnError()
    {
        using DBusConnection connection = DBusConnection.Open(StartBus(), isBus: true, Patience);

        DBusMessage answer = connection.Call(DBusConnection.BusCall("NoSuchMethod"));

        Assert.Equal((DBusMessageType.Error, "org.freedesktop.DBus.Error.UnknownMethod"), (answer.Type, answer.ErrorName));
        Assert.Contains("NoSuchMethod", answer.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public void Bus_Signal_ThatCameBeforeAnAnswer_IsNotLost()
    {
        string path = StartBus();
        using DBusConnection first = DBusConnection.Open(path, isBus: true, Patience);
        var body = new DBusWriter();
        body.String("type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'");
        Assert.Equal(DBusMessageType.Reply, first.Call(DBusConnection.BusCall("AddMatch") with { Signature = "s", Body = body.Written.ToArray() }).Type);

        using DBusConnection second = DBusConnection.Open(path, isBus: true, Patience);
        _ = first.Call(DBusConnection.BusCall("GetId"));
        DBusMessage signal = first.WaitForSignal(message => message.Member == "NameOwnerChanged", "name");

        Assert.Equal("sss", signal.Signature);
    }

    [Fact]
    public void Bus_LongCall_Arrives()
    {
        using DBusConnection connection = DBusConnection.Open(StartBus(), isBus: true, Patience);
        var body = new DBusWriter();
        body.String("x." + new string('a', 500_000));

        DBusMessage answer = connection.Call(DBusConnection.BusCall("GetNameOwner") with { Signature = "s", Body = body.Written.ToArray() });

        Assert.Equal(DBusMessageType.Error, answer.Type);
    }

    [Fact]
    public void Server_ThatDoesNotAnswer_IsGivenUp()
    {
        using Socket server = Listen(out string path);

        LinuxException error = Assert.Throws<LinuxException>(() => DBusConnection.Open(path, isBus: false, patience: 100));

        Assert.Equal($"D-Bus: {path}: no answer within 0.1s (authentication)", error.Message);
    }

    [Theory]
    [InlineData("REJECTED EXTERNAL\r\n", "authentication refused: REJECTED EXTERNAL")]
    [InlineData("DATA\r\nERROR\r\n", "authentication refused: ERROR")]
    [InlineData("", "connection closed by the other side (authentication)")]
    public async Task Server_ThatRefuses_IsAnError(string answer, string expected)
    {
        using Socket server = Listen(out string path);
        Task serving = Serve(server, answer);

        LinuxException error = Assert.Throws<LinuxException>(() => DBusConnection.Open(path, isBus: false, Patience));

        Assert.Equal($"D-Bus: {path}: {expected}", error.Message);
        await serving;
    }

    [Fact]
    public async Task Server_ThatIsNone_IsAnError()
    {
        using Socket server = Listen(out string path);
        Task serving = Serve(server, new string('x', 4000));

        LinuxException error = Assert.Throws<LinuxException>(() => DBusConnection.Open(path, isBus: false, Patience));

        Assert.Equal("D-Bus: malformed message: no D-Bus server", error.Message);
        await serving;
    }

    private static async Task Serve(Socket server, string answer)
    {
        using Socket client = await server.AcceptAsync();
        byte[] request = new byte[256];
        int read = await client.ReceiveAsync(request);
        Assert.Equal("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n", Encoding.ASCII.GetString(request, 0, read));
        _ = await client.SendAsync(Encoding.ASCII.GetBytes(answer));
    }

    private Socket Listen(out string path)
    {
        path = _folder + "/socket";
        var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint(path));
        server.Listen();
        return server;
    }

    /// <summary>A bus that only this test knows; its address is printed when it listens.</summary>
    private string StartBus()
    {
        File.WriteAllText(_folder + "/bus.conf", $"""
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <listen>unix:path={_folder}/bus</listen>
              <auth>EXTERNAL</auth>
              <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/><allow user="*"/></policy>
            </busconfig>
            """);
        _daemon = Process.Start(new ProcessStartInfo("dbus-daemon", ["--nofork", "--print-address", $"--config-file={_folder}/bus.conf"]) { RedirectStandardOutput = true })!;
        return SystemdConnection.PathOf(_daemon.StandardOutput.ReadLine()!);
    }
}
