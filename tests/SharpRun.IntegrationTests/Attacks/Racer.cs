using System.Runtime.InteropServices;

namespace SharpRun.IntegrationTests.Attacks;

/// <summary>Somebody with a share in the container's files, who renames them as fast as the machine can while the runtime looks them up.</summary>
internal sealed partial class Racer : IDisposable
{
    // renameat2(2): both names exist, and each gets the other's file.
    internal const uint Exchange = 2;

    private const int CurrentDirectory = -100;

    // How often what the runtime made is removed, so that it has to be made again.
    private const int RoundsBetweenTidying = 500;

    private readonly Thread _thread;
    private readonly (string From, string To, uint Flags)[] _round;
    private readonly Action _tidy;
    private volatile bool _stop;
    private long _renames;

    /// <summary>Begins to rename. After a round, which is done twice when it consists of exchanges, everything has its first name again.</summary>
    /// <param name="round">The renames of a round.</param>
    /// <param name="tidy">Called now and then, between rounds.</param>
    internal Racer((string From, string To, uint Flags)[] round, Action tidy)
    {
        _round = round;
        _tidy = tidy;
        _thread = new Thread(Race);
        _thread.Start();
    }

    /// <summary>How many renames have been done.</summary>
    internal long Renames => Interlocked.Read(ref _renames);

    /// <summary>Stops when everything has its first name.</summary>
    public void Dispose()
    {
        _stop = true;
        _thread.Join();
    }

    private void Race()
    {
        for (long rounds = 0; !_stop; rounds++)
        {
            for (int half = 0; half < 2; half++)
            {
                foreach ((string from, string to, uint flags) in _round)
                {
                    if (Rename(CurrentDirectory, from, CurrentDirectory, to, flags) == 0)
                        _ = Interlocked.Increment(ref _renames);
                }
            }
            if (rounds % RoundsBetweenTidying == 0)
                Tidy();
        }
    }

    private void Tidy()
    {
        try
        {
            _tidy();
        }
        catch (IOException)
        {
            // The runtime has just made something new in a directory that was about to go: next time.
        }
    }

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(int fromDirectory, string from, int toDirectory, string to, uint flags);
}
