using System.IO.Pipes;
using SharpRun.Linux;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using SharpRun.Output;
using Xunit;

namespace SharpRun.Tests.Output;

/// <summary>What happens when nobody takes the output.</summary>
public sealed class StandardOutputTests
{
    [Fact]
    public void Write_DiskFull_IsAnError()
    {
        using OwnedFd full = Files.Open("/dev/full", FileAbi.O_WRONLY);

        LinuxException error = Assert.Throws<LinuxException>(() => StandardOutput.Write(full.Number, "text"u8));

        Assert.Equal("write standard output: ENOSPC (no space left on device)", error.Message);
    }

    [Fact]
    public void Write_ReaderIsGone_IsNoError()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        pipe.DisposeLocalCopyOfClientHandle();

        StandardOutput.Write((int)pipe.SafePipeHandle.DangerousGetHandle(), "text"u8);

        _ = Assert.Throws<IOException>(() => pipe.WriteByte(0));
    }

    [Fact]
    public void Write_MoreThanAPipeHolds_ArrivesWhole()
    {
        string path = Path.GetTempFileName();
        try
        {
            byte[] data = new byte[1 << 20];
            new Random(1).NextBytes(data);
            using (OwnedFd file = Files.Open(path, FileAbi.O_WRONLY))
            {
                StandardOutput.Write(file.Number, data);
            }

            Assert.Equal(data, File.ReadAllBytes(path));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
