using SharpRun.Linux.Syscalls;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;
using static SharpRun.Linux.Abi.ProcessAbi;

namespace SharpRun.Linux.Security;

/// <summary>The runtime's own executable, out of the reach of containers (CVE-2019-5736).</summary>
/// <remarks>
/// Until it becomes its program, a container's first process shows the runtime as /proc/PID/exe, and whatever the image names as its
/// program may be that link. So before a container can exist the runtime executes itself again from a detached read-only copy of its mount:
/// what can be opened through the link cannot be written. Where such a copy cannot be had, or a container could undo it (with
/// CAP_SYS_ADMIN outside a user namespace), a sealed copy in memory takes its place.
/// </remarks>
internal static class SelfProtection
{
    private const int Seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

    // Believed only together with what the kernel says about the executable.
    private static readonly byte[] Marker = "_SHARPRUN_SAFE=1"u8.ToArray();

    private enum Protection
    {
        None,
        ReadOnlyMount,
        SealedCopy,
    }

    /// <summary>Returns in a protected process. Usually Child/ProtectedStart has made it one before .NET was there; if not, it is started again.</summary>
    /// <remarks>
    /// From here on all signals are blocked, so that those of a foreground <c>run</c> can be read from a descriptor; the mask is set
    /// before the new program starts, because every thread of .NET takes it over. Only the three that libc and .NET use among their
    /// threads and those that a fault raises are left.
    /// </remarks>
    /// <exception cref="LinuxException">The process claims to be protected and is not, or cannot be started again.</exception>
    internal static void Ensure()
    {
        List<byte[]> environment = OwnProcess.Environment();
        if (!RemoveMarker(environment))
        {
            _ = Scrub(environment);
            Restart(environment, wantSealed: false);
        }

        // A caller could set the marker: what it stands for is looked at, all of it.
        if (Observe() == Protection.None || Scrub(environment) > 0 || Signals.Blocked != Signals.ForwardableMask)
        {
            throw new LinuxException("the runtime is not protected as its environment says; unset _SHARPRUN_SAFE");
        }

        Processes.Control(PR_SET_DUMPABLE, 0, "prctl(PR_SET_DUMPABLE)");
        Processes.SetName("sharprun");
    }

    private static void EnsureSealedCopy()
    {
        if (Observe() != Protection.SealedCopy)
        {
            List<byte[]> environment = OwnProcess.Environment();
            _ = RemoveMarker(environment);
            Restart(environment, wantSealed: true);
        }
    }

    /// <summary>As <see cref="Ensure"/>, and more for a process with CAP_SYS_ADMIN: outside a user namespace it can make a read-only mount writable again.</summary>
    internal static void EnsureFor(ProcessSpec process)
    {
        IReadOnlyList<string>? bounding = process.Capabilities?.Bounding;
        for (int i = 0; i < bounding?.Count; i++)
        {
            if (bounding[i] == "CAP_SYS_ADMIN")
            {
                EnsureSealedCopy();
                return;
            }
        }
    }

    /// <summary>The environment as the caller gave it, for programs that the runtime runs for itself.</summary>
    internal static List<string> CallerEnvironment()
    {
        List<byte[]> environment = OwnProcess.Environment();
        _ = RemoveMarker(environment);
        return environment.ConvertAll(static entry => RawText.Decode(entry));
    }

    private static void Restart(List<byte[]> environment, bool wantSealed)
    {
        environment.Insert(0, Marker);
        List<byte[]> arguments = OwnProcess.Arguments();
        Signals.SetMask(Signals.ForwardableMask);
        if (!wantSealed)
        {
            using OwnedFd? copy = Mounting.TryOpenReadOnlyCopy(OwnProcess.ExecutablePath);
            if (copy is not null)
            {
                // Falls through when the kernel does not execute from it, as on a mount without exec.
                _ = OwnProcess.TryExecute(copy.Number, arguments, environment);
            }
        }

        using OwnedFd sealedCopy = MakeSealedCopy();
        throw new LinuxException("execveat of the sealed copy of the runtime", OwnProcess.TryExecute(sealedCopy.Number, arguments, environment));
    }

    private static Protection Observe()
    {
        using OwnedFd executable = Files.Open(OwnProcess.ExecutablePath, O_RDONLY);
        return (Files.Seals(executable.Number) & Seals) == Seals ? Protection.SealedCopy
            : (Files.StatFileSystem(executable.Number, OwnProcess.ExecutablePath).Flags & ST_RDONLY) != 0 ? Protection.ReadOnlyMount
            : Protection.None;
    }

    private static OwnedFd MakeSealedCopy()
    {
        using OwnedFd source = Files.Open(OwnProcess.ExecutablePath, O_RDONLY);
        using OwnedFd copy = Files.CreateInMemory("sharprun", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
        Files.Copy(source.Number, copy.Number, OwnProcess.ExecutablePath);
        Files.AddSeals(copy.Number, Seals);

        // A file that is open for writing cannot be executed (ETXTBSY), sealed or not.
        return Files.Open("/proc/self/fd/" + copy.Number.ToString(System.Globalization.CultureInfo.InvariantCulture), O_RDONLY);
    }

    private static bool RemoveMarker(List<byte[]> environment)
    {
        int at = environment.FindIndex(static entry => entry.AsSpan().SequenceEqual(Marker));
        if (at >= 0)
        {
            environment.RemoveAt(at);
        }

        return at >= 0;
    }

    /// <summary>What could change how .NET or libc work in the process that makes the container.</summary>
    private static int Scrub(List<byte[]> environment) => environment.RemoveAll(static entry =>
    {
        ReadOnlySpan<byte> text = entry;
        return text.StartsWith("DOTNET_"u8) || text.StartsWith("COMPlus_"u8) || text.StartsWith("CORECLR_"u8) || text.StartsWith("LD_"u8)
            || text.StartsWith("GLIBC_"u8) || text.StartsWith("MALLOC_"u8);
    });
}
