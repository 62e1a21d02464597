using SharpRun.Linux.Abi;
using SharpRun.Linux.Syscalls;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Cgroups;

/// <summary>A cgroup given to a user, who can then make cgroups in it, move processes among them and enable controllers for them; the limits stay the owner's.</summary>
internal sealed class Delegation
{
    private const string List = "/sys/kernel/cgroup/delegate";

    private readonly Cgroup _cgroup;
    private readonly List<(string Name, uint Owner)> _before = [];

    private Delegation(Cgroup cgroup) => _cgroup = cgroup;

    /// <summary>Gives the directory and the files that the kernel names; what has this owner already is left alone.</summary>
    /// <exception cref="LinuxException">It is not permitted; everything has its old owner.</exception>
    internal static Delegation Give(Cgroup cgroup, uint owner)
    {
        var delegation = new Delegation(cgroup);
        try
        {
            // The directory last: with it the user could already move what the files are about.
            foreach (string name in FileNames(Files.TryReadText(AT_FDCWD, List, out _)))
            {
                delegation.Change(name, owner);
            }

            delegation.Change(".", owner);
            return delegation;
        }
        catch
        {
            delegation.Undo();
            throw;
        }
    }

    /// <summary>Which files belong to whoever may divide a cgroup.</summary>
    /// <param name="list">What the kernel says; null before Linux 4.15, which does not say it.</param>
    internal static string[] FileNames(string? list) =>
        list?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? ["cgroup.procs", "cgroup.subtree_control", "cgroup.threads"];

    /// <summary>Gives everything back, as far as that is possible: of a container that never was, in a cgroup that existed before.</summary>
    internal void Undo()
    {
        foreach ((string name, uint owner) in _before)
        {
            try
            {
                FileMetadata.ChangeOwner(_cgroup.Number, name, owner, uint.MaxValue);
            }
            catch (LinuxException)
            {
                // The error that is about to be told is the one that matters.
            }
        }
    }

    private void Change(string name, uint owner)
    {
        // The list is that of all controllers: a file of one that is not enabled is missing.
        if (Files.TryStat(_cgroup.Number, name, AT_SYMLINK_NOFOLLOW, out Statx stat) != 0 || stat.Uid == owner)
        {
            return;
        }

        try
        {
            FileMetadata.ChangeOwner(_cgroup.Number, name, owner, uint.MaxValue);
            _before.Add((name, stat.Uid));
        }
        catch (LinuxException error) when (error.Errno == Errno.ENOENT)
        {
            // Its controller has been disabled in this moment.
        }
    }
}
