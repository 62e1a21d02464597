using SharpRun.Linux.Cgroups;

namespace SharpRun.Linux.Systemd;

/// <summary>The unit of a container that exists, by the name that its state keeps; later commands are not told of systemd.</summary>
internal static class SavedUnit
{
    /// <summary>Ends the unit.</summary>
    internal static void Stop(string unit)
    {
        using SystemdUnits units = Open();
        units.Stop(unit);
    }

    /// <summary>Tells systemd of limits, so that it does not bring back the old ones.</summary>
    internal static void SetLimits(string unit, IReadOnlyList<CgroupWrite> writes)
    {
        List<UnitProperty> properties = UnitResources.Properties(writes);
        if (properties.Count > 0)
        {
            using SystemdUnits units = Open();
            units.SetProperties(unit, properties);
        }
    }

    /// <summary>Has systemd move a process into the unit.</summary>
    internal static void Attach(string unit, int pid)
    {
        using SystemdUnits units = Open();
        units.Attach(unit, pid);
    }

    private static SystemdUnits Open() => new(SystemdConnection.Open(SystemdConnection.IsUser));
}
