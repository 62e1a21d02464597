using System.Globalization;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>The state of a container as the specification defines the document.</summary>
internal static class StateReport
{
    /// <summary>The state right now.</summary>
    internal static StateDocument Of(StateStore store, string id)
    {
        using StateDirectory directory = store.Open(id);
        ContainerState? state = directory.TryReadState();
        if (state is null)
        {
            // Its creator is at work, or was killed: delete --force removes it.
            return new StateDocument { Id = id, Status = StatusProbe.Name(ContainerStatus.Creating), Bundle = "", Owner = Owner(directory) };
        }

        ContainerStatus status = StatusProbe.Of(directory, state);
        return new StateDocument
        {
            OciVersion = DefaultSpec.OciVersion,
            Id = state.Id,
            Pid = status == ContainerStatus.Stopped ? 0 : state.Pid,
            Status = StatusProbe.Name(status),
            Bundle = state.Bundle,
            Rootfs = state.Rootfs,
            Created = state.Created,
            Annotations = state.Annotations,
            Owner = Owner(directory),
        };
    }

    /// <summary>A container as hooks and supervisors are told about it, which need not be able to see its directory.</summary>
    internal static StateDocument Of(ContainerState state, ContainerStatus status) => new()
    {
        Id = state.Id,
        Pid = state.Pid,
        Status = StatusProbe.Name(status),
        Bundle = state.Bundle,
        Annotations = state.Annotations,
    };

    /// <summary>The user that a state directory belongs to: by name as the host knows it, or as <c>#uid</c>.</summary>
    private static string Owner(StateDirectory directory)
    {
        uint uid = directory.OwnerId;
        return uid == 0 ? "root" : UserName(uid) ?? "#" + uid.ToString(CultureInfo.InvariantCulture);
    }

    private static string? UserName(uint uid)
    {
        string number = uid.ToString(CultureInfo.InvariantCulture);
        foreach (string line in (Files.TryReadText(Abi.FileAbi.AT_FDCWD, "/etc/passwd", out _) ?? "").Split('\n'))
        {
            string[] fields = line.Split(':');
            if (fields.Length > 2 && fields[2] == number)
            {
                return fields[0];
            }
        }

        return null;
    }
}
