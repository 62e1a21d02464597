using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Spec;
using static SharpRun.Linux.Abi.FileAbi;

namespace SharpRun.Linux.Compile;

/// <summary>The container's /dev: default devices, devices of the configuration, links.</summary>
internal static class DeviceStage
{
    private const uint ReadWriteAll = 0x1B6; // 0666

    // runtime-spec, config-linux.md, "Default Devices"; devices.txt of the kernel. /dev/console needs a terminal.
    private static readonly (string Name, uint Major, uint Minor)[] Defaults =
    [
        ("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0),
    ];

    internal static void MakeDevices(PlanBuilder plan, RuntimeSpec spec, HostFacts facts)
    {
        _ = plan.From("");
        ContainerPath.OpenDirectory(plan, "/dev", FdSlot.Devices);
        foreach ((string name, uint major, uint minor) in Defaults)
        {
            if (!IsReplaced(spec, "/dev/" + name))
            {
                if (InUserNamespace(spec, facts))
                {
                    Borrow(plan, "/dev/" + name, S_IFCHR, major, minor);
                    continue;
                }

                // A node that the image brings is kept, as everybody else does; the device cgroup decides what it can do.
                _ = plan.MakeNode(FdSlot.Devices, name, S_IFCHR | ReadWriteAll, major, minor).Tolerate(Errno.EEXIST);
            }
        }

        for (int i = 0; i < spec.Linux.Devices.Count; i++)
        {
            string path = LexicalPath.Clean(spec.Linux.Devices[i].Path);
            if (path != "/dev/ptmx")
            {
                MakeDevice(plan.From($"linux.devices[{i}]"), spec.Linux.Devices[i], path, borrow: InUserNamespace(spec, facts));
            }
        }

        _ = plan.From("");
        Link(plan, "fd", "/proc/self/fd");
        Link(plan, "stdin", "/proc/self/fd/0");
        Link(plan, "stdout", "/proc/self/fd/1");
        Link(plan, "stderr", "/proc/self/fd/2");
        if (facts.HasKcore)
        {
            Link(plan, "core", "/proc/kcore");
        }

        LinkMultiplexer(plan);
        _ = plan.Close(FdSlot.Devices);
    }

    private static bool InUserNamespace(RuntimeSpec spec, HostFacts facts) =>
        facts.InUserNamespace || spec.Linux.FindNamespace(NamespaceType.User) is not null;

    /// <summary>Nobody can make a device node in a user namespace (mknod(2)): the host's node of the same name is shown instead.</summary>
    private static void Borrow(PlanBuilder plan, string path, uint type, uint major, uint minor)
    {
        _ = plan.OpenTree(FdSlot.Cwd, path, MountAbi.OPEN_TREE_CLONE, FdSlot.Mount).VerifyNode(FdSlot.Mount, type, major, minor);
        ContainerPath.OpenFile(plan, path, FdSlot.Target);
        _ = plan.MoveMount(FdSlot.Mount, FdSlot.Target).Close(FdSlot.Target).Close(FdSlot.Mount);
    }

    private static void MakeDevice(PlanBuilder plan, DeviceSpec device, string path, bool borrow)
    {
        uint type = device.Type switch { DeviceType.Block => S_IFBLK, DeviceType.Fifo => S_IFIFO, _ => S_IFCHR };
        if (borrow && type != S_IFIFO)
        {
            Borrow(plan, path, type, device.Major, device.Minor);
            return;
        }

        FdSlot parent = ContainerPath.OpenParent(plan, path);
        PlanLabel next = plan.NewLabel();
        _ = plan.MakeNode(parent, ContainerPath.Name(path), type | (device.FileMode ?? ReadWriteAll), device.Major, device.Minor)
            .OnError(next, Errno.EEXIST);
        if (device.Uid is > 0 || device.Gid is > 0)
        {
            // In the same directory, whatever has become of the path to it.
            _ = plan.OpenBelow(parent, ContainerPath.Name(path), O_PATH | O_NOFOLLOW, FdSlot.Target)
                .VerifyNode(FdSlot.Target, type, device.Major, device.Minor)
                .ChangeOwner(FdSlot.Target, device.Uid ?? 0, device.Gid ?? 0)
                .Close(FdSlot.Target);
        }

        plan.Mark(next);
        if (parent != FdSlot.Rootfs)
        {
            _ = plan.Close(parent);
        }
    }

    private static void Link(PlanBuilder plan, string name, string target) =>
        _ = plan.MakeSymlink(FdSlot.Devices, name, target).Tolerate(Errno.EEXIST);

    /// <summary>/dev/ptmx must be the one of the container's own devpts, whatever the image has in its place.</summary>
    private static void LinkMultiplexer(PlanBuilder plan)
    {
        PlanLabel done = plan.NewLabel();
        _ = plan.MakeSymlink(FdSlot.Devices, "ptmx", "pts/ptmx").Tolerate(Errno.EEXIST).OnSuccess(done)
            .Unlink(FdSlot.Devices, "ptmx")
            .MakeSymlink(FdSlot.Devices, "ptmx", "pts/ptmx");
        plan.Mark(done);
    }

    private static bool IsReplaced(RuntimeSpec spec, string path)
    {
        foreach (DeviceSpec device in spec.Linux.Devices)
        {
            if (device.Path == path)
            {
                return true;
            }
        }

        return false;
    }
}
