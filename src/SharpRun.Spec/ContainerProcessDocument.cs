namespace SharpRun.Spec;

/// <summary>The specification's container process state: what the supervisor of a filter gets together with its listener.</summary>
public sealed record ContainerProcessDocument
{
    /// <summary>The name of the one descriptor that comes with the document.</summary>
    public const string ListenerName = "seccompFd";

    /// <summary>The pid of the process whose filter it is.</summary>
    public required int Pid { get; init; }

    /// <summary>linux.seccomp.listenerMetadata; left out when null.</summary>
    public string? Metadata { get; init; }

    /// <summary>The container.</summary>
    public required StateDocument State { get; init; }

    /// <summary>The document on one line.</summary>
    public byte[] ToJson()
    {
        var json = new StateText(indented: false);
        json.BeginObject();
        json.Member("ociVersion", State.OciVersion);
        json.BeginArray("fds");
        json.Value(ListenerName);
        json.EndArray();
        json.Member("pid", (ulong)Pid);
        if (Metadata is not null)
        {
            json.Member("metadata", Metadata);
        }

        json.BeginMember("state");
        State.Write(json);
        json.EndObject();
        return json.Written.ToArray();
    }
}
