using System.Net.Sockets;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using Xunit;

namespace SharpRun.Linux.Tests.Syscalls;

/// <summary>Datagram sockets by names that struct sockaddr_un has no room for, and by those that are no paths.</summary>
public sealed class UnixSocketTests : IDisposable
{
    private readonly string _folder = System.IO.Directory.CreateTempSubdirectory("sharprun-").FullName;

    public void Dispose() => System.IO.Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Datagram_LongPath_ArrivesAndEverybodyMaySend()
    {
        string deep = $"{_folder}/{new string('a', 100)}/{new string('b', 100)}";
        _ = System.IO.Directory.CreateDirectory(deep);
        using OwnedFd folder = Files.Open(deep, FileAbi.O_PATH | FileAbi.O_DIRECTORY);

        // Twice: the name of an earlier socket is no obstacle.
        UnixSocket.BindDatagram(folder, "s").Dispose();
        using OwnedFd receiver = UnixSocket.BindDatagram(folder, "s");
        using OwnedFd sender = UnixSocket.ConnectDatagram($"{deep}/s");
        Files.WriteAll(sender.Number, "hello"u8, "s");

        byte[] datagram = new byte[16];
        Assert.Equal(5, Files.TryRead(receiver.Number, datagram, out _));
        Assert.Equal("hello"u8, datagram.AsSpan(0, 5));
        Assert.Equal(0, (int)Files.TryStat(folder.Number, "s", 0, out Statx stat));
        Assert.Equal(0x1FFu, (uint)(stat.Mode & 0x1FF));
    }

    [Fact]
    public void Datagram_AbstractName_Arrives()
    {
        string name = "sharprun-test-" + Guid.NewGuid();
        using var receiver = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        receiver.Bind(new UnixDomainSocketEndPoint("\0" + name));
        using OwnedFd sender = UnixSocket.ConnectDatagram("@" + name);
        Files.WriteAll(sender.Number, "hello"u8, name);
        byte[] datagram = new byte[16];
        Assert.Equal(5, receiver.Receive(datagram));
    }

    [Fact]
    public void Connect_NobodyListens_SaysWhere()
    {
        LinuxException error = Assert.Throws<LinuxException>(() => UnixSocket.ConnectDatagram("@" + Guid.NewGuid()));
        Assert.Equal(Errno.ECONNREFUSED, error.Errno);
        error = Assert.Throws<LinuxException>(() => UnixSocket.ConnectDatagram($"@{new string('x', 108)}"));
        Assert.Equal(Errno.ENAMETOOLONG, error.Errno);
    }
}
