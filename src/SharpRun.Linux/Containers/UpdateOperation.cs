using System.Globalization;
using SharpRun.Linux.Cgroups;
using SharpRun.Linux.Resctrl;
using SharpRun.Linux.Syscalls;
using SharpRun.Linux.Systemd;
using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>Changes the limits of a container that runs, or is about to.</summary>
internal static class UpdateOperation
{
    private const string StandardInput = "standard input";

    /// <summary>Reads a change.</summary>
    /// <param name="file">The file; a dash for standard input.</param>
    internal static ResourcesSpec ReadChange(string file) =>
        file == "-"
            ? SpecReader.ReadResources(Files.ReadAll(0, StandardInput, SpecReader.MaxBytes + 1), StandardInput)
            : SpecReader.ReadResources(Files.ReadAll(file, SpecReader.MaxBytes + 1), file);

    /// <summary>Lays a change over the limits of a container; they are changed and saved together, or stay as they were.</summary>
    /// <param name="store">Where the container's state is kept.</param>
    /// <param name="id">Which.</param>
    /// <param name="change">What is to change; null for nothing.</param>
    /// <param name="schemas">Schemas of the container's resctrl group that are to change; null for none.</param>
    /// <param name="warn">Told of what has no effect.</param>
    internal static void Update(StateStore store, string id, ResourcesSpec? change, IntelRdtSpec? schemas, Action<string>? warn)
    {
        using StateDirectory directory = store.Open(id);
        ContainerState state = directory.ReadState();
        RequireAlive(directory, state);

        // Of two that come at once, the second lays its change over that of the first.
        using OwnedFd turn = directory.LockResources();
        Action undo = schemas is null ? static () => { } : ChangeSchemas(directory, id, schemas);
        try
        {
            if (change is not null)
            {
                UpdateLimits(directory, state, change, warn);
            }
        }
        catch
        {
            undo();
            throw;
        }
    }

    /// <summary>Answers how to take the change back.</summary>
    private static Action ChangeSchemas(StateDirectory directory, string id, IntelRdtSpec schemas)
    {
        IntelRdtSpec wanted = directory.ReadConfig().Linux.IntelRdt ?? throw new LinuxException($"container {id} has no linux.intelRdt: it has no schema to change");
        ResctrlGroup group = ResctrlGroup.Of(wanted, id, ResctrlTree.Find());
        string before = group.Change(schemas);
        return () => group.Restore(before);
    }

    private static void UpdateLimits(StateDirectory directory, ContainerState state, ResourcesSpec change, Action<string>? warn)
    {
        using Cgroup cgroup = Open(state);
        ResourcesSpec saved = directory.ReadResources();
        ResourcesSpec wanted = ResourcesOverlay.Apply(saved, change);
        List<CgroupWrite> writes = Checked(cgroup, state, saved, wanted);
        var update = new CgroupUpdate(cgroup, warn);
        CgroupDirectories.EnableControllers(cgroup.Path, writes, all: false);
        update.Write(writes);
        try
        {
            if (state.Unit is not null)
            {
                SavedUnit.SetLimits(state.Unit, writes);
            }

            directory.WriteResources(wanted);
        }
        catch
        {
            update.Undo();
            if (state.Unit is not null)
            {
                TrySetLimits(state.Unit, saved);
            }

            throw;
        }
    }

    /// <summary>What <see cref="Update"/> would change; changes nothing.</summary>
    /// <exception cref="LinuxException">It would fail, as far as that can be told without trying.</exception>
    internal static UpdatePreview Preview(StateStore store, string id, ResourcesSpec change)
    {
        using StateDirectory directory = store.Open(id);
        ContainerState state = directory.ReadState();
        RequireAlive(directory, state);
        using Cgroup cgroup = Open(state);
        ResourcesSpec saved = directory.ReadResources();
        ResourcesSpec wanted = ResourcesOverlay.Apply(saved, change);
        return UpdatePreview.Of(cgroup, state.Unit, Checked(cgroup, state, saved, wanted), wanted);
    }

    private static Cgroup Open(ContainerState state) => Cgroup.TryOpen(state.CgroupPath) ?? throw new LinuxException(
        state.CgroupPath is { } path ? $"cgroup {path} is gone" : $"container {state.Id} has no cgroup: it cannot have limits");

    private static void RequireAlive(StateDirectory directory, ContainerState state)
    {
        if (StatusProbe.Of(directory, state) == ContainerStatus.Stopped)
        {
            throw new LinuxException("container not running");
        }
    }

    private static void TrySetLimits(string unit, ResourcesSpec saved)
    {
        try
        {
            SavedUnit.SetLimits(unit, ResourceWrites.From(saved));
        }
        catch (LinuxException)
        {
            // The error that is about to be told is the one that matters.
        }
    }

    /// <summary>The writes, with everything that can be told before the first of them.</summary>
    private static List<CgroupWrite> Checked(Cgroup cgroup, ContainerState state, ResourcesSpec saved, ResourcesSpec wanted)
    {
        if (ResourcesOverlay.Problems(wanted) is { Count: > 0 } problems)
        {
            throw new LinuxException(string.Join("; ", problems));
        }

        if (wanted.Memory is { CheckBeforeUpdate: true, Limit: > 0 and var limit } && limit != saved.Memory?.Limit
            && long.TryParse(cgroup.TryRead("memory.current"), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long used) && limit <= used)
        {
            throw new LinuxException(string.Create(
                CultureInfo.InvariantCulture, $"{ResourceWrites.Path}.memory.limit: {limit} bytes are not more than the {used} bytes in use (checkBeforeUpdate)"));
        }

        List<CgroupWrite> writes = ResourceWrites.From(wanted);
        return state.Unit is null ? writes : UnitResources.Rounded(writes);
    }
}
