using SharpRun.Linux.Abi;

namespace SharpRun.Linux.Cgroups;

/// <summary>Writes limits to a cgroup in use: all of them, or, as far as that can be done, none.</summary>
/// <param name="cgroup">The cgroup.</param>
/// <param name="warn">Told of preferences that nothing acts on.</param>
internal sealed class CgroupUpdate(Cgroup cgroup, Action<string>? warn)
{
    private const string CpuMax = "cpu.max";
    private const string CpuBurst = "cpu.max.burst";
    private const string CpuIdle = "cpu.idle";
    private const string CpuWeight = "cpu.weight";

    /// <summary>What to write to bring back what was there, latest first.</summary>
    private readonly Stack<(string File, string Value)> _before = [];

    /// <summary>Writes the values in their order.</summary>
    /// <exception cref="LinuxException">The kernel refuses one; the message begins with the property that asked for it, and the others have their old values.</exception>
    internal void Write(IReadOnlyList<CgroupWrite> writes)
    {
        try
        {
            for (int i = 0; i < writes.Count; i++)
            {
                WriteInOrder(writes, i);
            }
        }
        catch
        {
            Undo();
            throw;
        }
    }

    /// <summary>Brings back what was there; a value that the kernel does not take back stays.</summary>
    internal void Undo()
    {
        while (_before.TryPop(out (string File, string Value) old))
        {
            try
            {
                cgroup.Write(new CgroupWrite(old.File, old.Value, ""));
            }
            catch (LinuxException)
            {
                // The error that is about to be told is the one that matters.
            }
        }
    }

    /// <summary>What to write to a file so that it says again what it says now; null when that cannot be told.</summary>
    /// <param name="file">The file.</param>
    /// <param name="value">What is going to be written.</param>
    /// <param name="content">What the file says.</param>
    /// <remarks>Some files have one value, others a line for each device, of which a write changes one.</remarks>
    internal static string? Restoring(string file, string value, string content)
    {
        string[] lines = content.TrimEnd('\n').Split('\n');
        int space = value.IndexOf(' ', StringComparison.Ordinal);
        if (space > 0)
        {
            string key = value[..(space + 1)];
            if (Array.Find(lines, line => line.StartsWith(key, StringComparison.Ordinal)) is { } line)
            {
                return line;
            }

            if (Unlimited(file) is { } unlimited)
            {
                return key + unlimited;
            }
        }

        // An empty write would not reach the kernel: it takes a line feed for nothing.
        return lines.Length == 1 ? (lines[0].Length == 0 ? "\n" : lines[0])
            : Array.Find(lines, static line => line.StartsWith("default ", StringComparison.Ordinal));
    }

    /// <summary>What a device without a line of its own has.</summary>
    private static string? Unlimited(string file) => file switch
    {
        "io.max" => "rbps=max wbps=max riops=max wiops=max",
        "io.weight" or "io.bfq.weight" => "default",
        "rdma.max" => "hca_handle=max hca_object=max",
        _ => null,
    };

    private void WriteInOrder(IReadOnlyList<CgroupWrite> writes, int index)
    {
        CgroupWrite write = writes[index];
        try
        {
            WriteOne(write);
        }
        catch (LinuxException error) when (error.Errno == Errno.EINVAL && write.File == CpuMax && Later(writes, index, CpuBurst) is { } burst)
        {
            // A quota may not be smaller than the burst that is still set: of two that shrink, the burst goes first.
            WriteOne(burst);
            WriteOne(write);
        }
    }

    private static CgroupWrite? Later(IReadOnlyList<CgroupWrite> writes, int index, string file)
    {
        for (int i = index + 1; i < writes.Count; i++)
        {
            if (writes[i].File == file)
            {
                return writes[i];
            }
        }

        return null;
    }

    private void WriteOne(CgroupWrite write)
    {
        var before = new List<(string File, string Value)>();
        if (write.File == CpuIdle)
        {
            // The kernel forgets the weight of an idle cgroup.
            Remember(before, CpuWeight, "");
        }

        // Which of the two takes it, only the write will tell.
        for (CgroupWrite? one = write; one is not null; one = one.Otherwise)
        {
            Remember(before, one.File, one.Value);
        }

        if (!cgroup.Write(write))
        {
            warn?.Invoke(write.HasNoEffect);
            return;
        }

        before.ForEach(_before.Push);
    }

    private void Remember(List<(string File, string Value)> before, string file, string value)
    {
        if (cgroup.TryRead(file) is { } content && Restoring(file, value, content) is { } restoring)
        {
            before.Add((file, restoring));
        }
    }
}
