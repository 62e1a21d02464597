using System.Runtime.InteropServices;

namespace SharpRun.IntegrationTests.Seccomp;

/// <summary>The supervisor's end of a filter with SCMP_ACT_NOTIFY: takes calls and answers them (seccomp_unotify(2)).</summary>
internal sealed partial class SeccompListener(SafeHandle listener) : IDisposable
{
    private const ulong SECCOMP_IOCTL_NOTIF_RECV = 0xc0502100;
    private const ulong SECCOMP_IOCTL_NOTIF_SEND = 0xc0182101;

    /// <summary>Waits for a call and answers it.</summary>
    /// <param name="error">What it fails with, as a number of errno; 0 for a success that it never was.</param>
    /// <returns>The pid of the caller and the number of the call.</returns>
    public Task<(uint Pid, int Number)> Answer(int error) => Task.Run(() => AnswerNow(error)).WaitAsync(TimeSpan.FromSeconds(20));

    /// <inheritdoc/>
    public void Dispose() => listener.Dispose();

    private unsafe (uint Pid, int Number) AnswerNow(int error)
    {
        // struct seccomp_notif: id, pid, flags, then struct seccomp_data, which begins with the number.
        byte* notification = stackalloc byte[80];
        new Span<byte>(notification, 80).Clear();
        Control(SECCOMP_IOCTL_NOTIF_RECV, notification);

        // struct seccomp_notif_resp: id, value, error, flags.
        byte* response = stackalloc byte[24];
        new Span<byte>(response, 24).Clear();
        *(ulong*)response = *(ulong*)notification;
        *(int*)(response + 16) = -error;
        Control(SECCOMP_IOCTL_NOTIF_SEND, response);
        return (*(uint*)(notification + 8), *(int*)(notification + 16));
    }

    private unsafe void Control(ulong request, byte* argument)
    {
        int result = Ioctl((int)listener.DangerousGetHandle(), request, argument);
        Assert.True(result == 0, $"ioctl {request:x}: errno {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int Ioctl(int fd, ulong request, byte* argument);
}
