using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace SharpRun.IntegrationTests;

/// <summary>The receiving end of a console socket or a pidfd socket, as an engine has it.</summary>
internal sealed partial class DescriptorReceiver : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <summary>Listens at a path of any length: bound under a short name, which an address can hold, and then renamed.</summary>
    public DescriptorReceiver(string path)
    {
        string shortPath = Path.Combine(Path.GetDirectoryName(path)!, "s");
        _listener.Bind(new UnixDomainSocketEndPoint(shortPath));
        _listener.Listen();
        File.Move(shortPath, path);
    }

    /// <summary>Takes one message: its bytes as text, and the one descriptor that comes with it.</summary>
    public async Task<(string Text, SafeHandle Descriptor)> Receive()
    {
        using Socket connection = await _listener.AcceptAsync().WaitAsync(TimeSpan.FromSeconds(20));
        return Message(connection);
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static unsafe (string Text, SafeHandle Descriptor) Message(Socket connection)
    {
        byte* data = stackalloc byte[4096];
        byte* control = stackalloc byte[64];
        nint* vector = stackalloc nint[2];
        vector[0] = (nint)data;
        vector[1] = 4096;
        nint* header = stackalloc nint[7];
        header[0] = 0;
        header[1] = 0;
        header[2] = (nint)vector;
        header[3] = 1;
        header[4] = (nint)control;
        header[5] = 64;
        header[6] = 0;
        nint length = ReceiveMessage((int)connection.Handle, header, 0x40000000);
        Assert.True(length > 0, $"recvmsg: {length}");

        // cmsghdr: length 8, level 4, type 4, descriptors.
        Assert.Equal((24, 20L, 1, 1), (header[5], *(long*)control, *(int*)(control + 8), *(int*)(control + 12)));
        return (Encoding.UTF8.GetString(data, (int)length), new Microsoft.Win32.SafeHandles.SafeFileHandle(*(int*)(control + 16), ownsHandle: true));
    }

    [LibraryImport("libc", EntryPoint = "recvmsg")]
    private static unsafe partial nint ReceiveMessage(int socket, nint* message, int flags);
}
