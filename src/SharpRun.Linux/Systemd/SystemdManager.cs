using SharpRun.Linux.Cgroups;
using SharpRun.Spec;

namespace SharpRun.Linux.Systemd;

/// <summary>systemd makes the cgroup, as that of a scope or of a slice, and knows the limits that it is to keep.</summary>
/// <remarks>
/// A scope is made of processes that exist: the container's first one waits at the first step of its plan until it has been
/// put there (docs/adr/0008). A slice has none; the process is moved into its cgroup.
/// </remarks>
internal sealed class SystemdManager : CgroupManager
{
    private readonly SystemdUnits _units;
    private readonly UnitName _name;
    private readonly bool _isUser;
    private readonly List<UnitProperty> _properties;

    /// <summary>Connects, so that a machine without systemd is told of before anything is made.</summary>
    /// <param name="spec">The configuration.</param>
    /// <param name="id">The container's id.</param>
    /// <exception cref="LinuxException">The configuration names no unit, or systemd does not answer.</exception>
    internal SystemdManager(RuntimeSpec spec, string id)
    {
        _isUser = SystemdConnection.IsUser;
        _name = UnitName.Of(spec.Linux.CgroupsPath, id, _isUser);
        _properties = PropertiesOf(_name, spec, id, _isUser);
        _units = new SystemdUnits(SystemdConnection.Open(_isUser));
        Path = CgroupRoot.Find() + (_isUser ? _units.ControlGroup() : "") + _name.CgroupPath;
    }

    /// <inheritdoc/>
    internal override string Path { get; }

    /// <inheritdoc/>
    internal override string Unit => _name.Unit;

    /// <inheritdoc/>
    internal override bool NeedsProcess => true;

    /// <summary>What a unit is told but for its processes. Pure.</summary>
    internal static List<UnitProperty> PropertiesOf(UnitName name, RuntimeSpec spec, string id, bool isUser)
    {
        List<UnitProperty> properties =
        [
            new("Description", "sharprun container " + id),
            name.IsSlice ? new("Wants", (string[])[name.Slice]) : new("Slice", name.Slice),
            new("MemoryAccounting", true),
            new("CPUAccounting", true),
            new("IOAccounting", true),
            new("TasksAccounting", true),
            new("DefaultDependencies", false),
        ];
        if (!name.IsSlice)
        {
            properties.Add(new("Delegate", true));
        }

        List<UnitProperty> resources = UnitResources.Properties(ResourceWrites.From(spec.Linux.Resources));
        if (name.IsSlice)
        {
            // What happens to the unit when the kernel kills is a question for units with processes.
            _ = resources.RemoveAll(static property => property.Name == "OOMPolicy");
        }

        properties.AddRange(resources);
        if (!isUser)
        {
            properties.AddRange(UnitDevices.Properties(DeviceRules.Of(spec.Linux.Resources?.Devices ?? [], spec.Linux.Devices)));
        }

        // Last, so that they can override.
        properties.AddRange(UnitAnnotations.Properties(spec.Annotations));
        return properties;
    }

    /// <inheritdoc/>
    internal override List<CgroupWrite> Adjust(List<CgroupWrite> writes) => UnitResources.Rounded(writes);

    /// <inheritdoc/>
    internal override Cgroup Make(int pid, IReadOnlyList<CgroupWrite> writes)
    {
        RequireThawed();
        _units.StartTransient(_name.Unit, _name.IsSlice ? _properties : [.. _properties, new("PIDs", (uint[])[(uint)pid])]);
        try
        {
            Cgroup cgroup = Cgroup.Adopt(Path, writes);
            if (_name.IsSlice)
            {
                cgroup.Attach(pid);
            }

            return cgroup;
        }
        catch
        {
            _units.Stop(_name.Unit);
            throw;
        }
    }

    /// <inheritdoc/>
    internal override void Undo(Cgroup? cgroup)
    {
        if (cgroup is not null)
        {
            _units.Stop(_name.Unit);
            Cgroup.Remove(Path);
        }
    }

    public override void Dispose()
    {
        _units.Dispose();
        base.Dispose();
    }

    /// <summary>In a frozen slice the process would stop before it could say anything.</summary>
    private void RequireThawed()
    {
        string slice = Path[..Path.LastIndexOf('/')];
        if ((CgroupRoot.TryRead(slice + "/cgroup.events") ?? "").Contains("frozen 1", StringComparison.Ordinal))
        {
            throw new LinuxException($"container's cgroup unexpectedly frozen: {slice}");
        }
    }
}
