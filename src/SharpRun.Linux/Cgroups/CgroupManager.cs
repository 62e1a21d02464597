namespace SharpRun.Linux.Cgroups;

/// <summary>Who makes a container's cgroup, and decides where it is.</summary>
internal abstract class CgroupManager : IDisposable
{
    /// <summary>The cgroup's directory.</summary>
    internal abstract string Path { get; }

    /// <summary>The unit that the cgroup belongs to; null without systemd.</summary>
    internal virtual string? Unit => null;

    /// <summary>Whether the container's first process has to exist before its cgroup can.</summary>
    internal virtual bool NeedsProcess => false;

    /// <summary>The limits as this manager keeps them.</summary>
    internal virtual List<CgroupWrite> Adjust(List<CgroupWrite> writes) => writes;

    /// <summary>Makes the cgroup.</summary>
    /// <param name="pid">The first process; 0 when it does not exist yet.</param>
    /// <param name="writes">The limits that will be written.</param>
    internal abstract Cgroup Make(int pid, IReadOnlyList<CgroupWrite> writes);

    /// <summary>Takes back what <see cref="Make"/> has made; there is no process in it any more.</summary>
    internal abstract void Undo(Cgroup? cgroup);

    public virtual void Dispose()
    {
    }
}

/// <summary>The runtime itself, by the files of cgroup v2.</summary>
internal sealed class CgroupfsManager(string path) : CgroupManager
{
    /// <inheritdoc/>
    internal override string Path => path;

    /// <inheritdoc/>
    internal override Cgroup Make(int pid, IReadOnlyList<CgroupWrite> writes) => Cgroup.Create(path, writes);

    /// <inheritdoc/>
    internal override void Undo(Cgroup? cgroup) => cgroup?.Undo();
}
