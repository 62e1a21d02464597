using System.Text;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;

namespace SharpRun.Linux.Systemd;

/// <summary>A connection over a Unix socket, without threads: a call is written, and messages are read until its answer is there.</summary>
internal sealed class DBusConnection : IDBus
{
    private const int DefaultMilliseconds = 30_000;
    private readonly OwnedFd _socket;
    private readonly string _address;
    private readonly int _patience;
    private readonly Queue<DBusMessage> _signals = [];
    private byte[] _received = new byte[4096];
    private int _count;
    private uint _serial;

    private DBusConnection(OwnedFd socket, string address, bool isBus, int patience)
    {
        _socket = socket;
        _address = address;
        _patience = patience;
        IsBus = isBus;
    }

    /// <inheritdoc/>
    public bool IsBus { get; }

    /// <summary>Connects and says who this is.</summary>
    /// <param name="path">The socket; with <c>@</c> an abstract name.</param>
    /// <param name="isBus">A bus, which wants to be greeted.</param>
    /// <param name="patience">Milliseconds that every answer may take.</param>
    internal static DBusConnection Open(string path, bool isBus, int patience = DefaultMilliseconds)
    {
        OwnedFd socket = UnixSocket.ConnectStream(path, patience);
        var connection = new DBusConnection(socket, path, isBus, patience);
        try
        {
            Files.SetNonBlocking(socket.Number);
            connection.Authenticate();
            if (isBus)
            {
                DBusMessage answer = connection.Call(BusCall("Hello"));
                if (answer.Type == DBusMessageType.Error)
                {
                    throw new LinuxException($"D-Bus: {path}: {answer.ErrorText}");
                }
            }

            return connection;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A call of the bus itself.</summary>
    internal static DBusMessage BusCall(string member) => new()
    {
        Type = DBusMessageType.Call,
        Path = "/org/freedesktop/DBus",
        Interface = "org.freedesktop.DBus",
        Member = member,
        Destination = "org.freedesktop.DBus",
    };

    /// <inheritdoc/>
    public DBusMessage Call(DBusMessage call)
    {
        long deadline = Waiting.Now + _patience;
        uint serial = ++_serial;
        Send(call.ToBytes(serial), deadline, call.Member ?? "");
        while (true)
        {
            DBusMessage message = Receive(deadline, call.Member ?? "");
            if (message.Type is DBusMessageType.Reply or DBusMessageType.Error && message.ReplySerial == serial)
            {
                return message;
            }

            Keep(message);
        }
    }

    /// <inheritdoc/>
    public DBusMessage WaitForSignal(Func<DBusMessage, bool> isWanted, string what)
    {
        long deadline = Waiting.Now + _patience;
        while (true)
        {
            while (_signals.TryDequeue(out DBusMessage? signal))
            {
                if (isWanted(signal))
                {
                    return signal;
                }
            }

            Keep(Receive(deadline, what));
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Keep(DBusMessage message)
    {
        if (message.Type == DBusMessageType.Signal)
        {
            _signals.Enqueue(message);
        }
    }

    /// <summary>SASL EXTERNAL without a name: the peer takes the user from the socket, which is right in a user namespace too.</summary>
    /// <remarks>
    /// In one write, with the end of it. systemd's side of the protocol looks at a call that it has read together with BEGIN
    /// only when more comes, which would be never; so BEGIN is there before the answer, and the first call after it.
    /// </remarks>
    private void Authenticate()
    {
        const string What = "authentication";
        long deadline = Waiting.Now + _patience;
        Send("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n"u8, deadline, What);
        string answer = ReceiveLine(deadline, What);
        if (answer == "DATA")
        {
            answer = ReceiveLine(deadline, What);
        }

        if (!answer.StartsWith("OK ", StringComparison.Ordinal))
        {
            throw new LinuxException($"D-Bus: {_address}: authentication refused: {answer}");
        }
    }

    private string ReceiveLine(long deadline, string what)
    {
        const int MaxLine = 1024;
        int end;
        while ((end = _received.AsSpan(0, _count).IndexOf("\r\n"u8)) < 0)
        {
            if (_count > MaxLine)
            {
                throw DBusReader.Malformed("no D-Bus server");
            }

            Fill(_count + 1, deadline, what);
        }

        string line = Encoding.ASCII.GetString(_received, 0, end);
        Consume(end + 2);
        return line;
    }

    private DBusMessage Receive(long deadline, string what)
    {
        Fill(DBusMessage.FixedHeader, deadline, what);
        int length = DBusMessage.LengthOf(_received);
        Fill(length, deadline, what);
        DBusMessage message = DBusMessage.Read(_received.AsSpan(0, length));
        Consume(length);
        return message;
    }

    /// <summary>Reads until there are so many bytes.</summary>
    private void Fill(int count, long deadline, string what)
    {
        if (_received.Length < count)
        {
            Array.Resize(ref _received, Math.Max(count, _received.Length * 2));
        }

        while (_count < count)
        {
            int read = Files.TryRead(_socket.Number, _received.AsSpan(_count), out Errno errno);
            if (read > 0)
            {
                _count += read;
            }
            else if (read == 0)
            {
                throw new LinuxException($"D-Bus: {_address}: connection closed by the other side ({what})");
            }
            else if (errno == Errno.EAGAIN)
            {
                Await(SocketAbi.POLLIN, deadline, what);
            }
            else
            {
                throw new LinuxException("read", errno, _address);
            }
        }
    }

    private void Consume(int count)
    {
        _received.AsSpan(count, _count - count).CopyTo(_received);
        _count -= count;
    }

    private void Send(ReadOnlySpan<byte> bytes, long deadline, string what)
    {
        while (bytes.Length > 0)
        {
            int written = Files.TryWrite(_socket.Number, bytes, out Errno errno);
            if (written >= 0)
            {
                bytes = bytes[written..];
            }
            else if (errno == Errno.EAGAIN)
            {
                Await(SocketAbi.POLLOUT, deadline, what);
            }
            else
            {
                throw new LinuxException("write", errno, _address);
            }
        }
    }

    private void Await(short events, long deadline, string what)
    {
        int rest = (int)Math.Max(0, deadline - Waiting.Now);
        if (rest == 0 || Waiting.Ready(rest, events, _socket.Number) == 0)
        {
            throw new LinuxException($"D-Bus: {_address}: no answer within {_patience / 1000.0:0.#}s ({what})");
        }
    }
}
