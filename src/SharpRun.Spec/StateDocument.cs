using System.Collections.ObjectModel;
using System.Globalization;

namespace SharpRun.Spec;

/// <summary>The state of a container: what <c>state</c> and <c>list</c> print, and what hooks get on standard input.</summary>
public sealed record StateDocument
{
    /// <summary>The version of the runtime specification.</summary>
    public string OciVersion { get; init; } = DefaultSpec.OciVersion;

    /// <summary>The container's id.</summary>
    public required string Id { get; init; }

    /// <summary>The pid of the first process; 0 when it is gone.</summary>
    public int Pid { get; init; }

    /// <summary><c>creating</c>, <c>created</c>, <c>running</c>, <c>paused</c> or <c>stopped</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The absolute path of the bundle.</summary>
    public required string Bundle { get; init; }

    /// <summary>The absolute path of the root filesystem; left out when null.</summary>
    public string? Rootfs { get; init; }

    /// <summary>When the container was created; left out when null.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>The annotations of the configuration; left out when empty.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The user who owns the container; left out when null.</summary>
    public string? Owner { get; init; }

    /// <summary>The document in the form that <c>state</c> prints: two spaces of indentation, no newline at the end.</summary>
    public byte[] ToIndentedJson()
    {
        var json = new StateText(indented: true);
        Write(json);
        return json.Written.ToArray();
    }

    /// <summary>The document on one line, as hooks and the seccomp listener get it.</summary>
    public byte[] ToJson()
    {
        var json = new StateText(indented: false);
        Write(json);
        return json.Written.ToArray();
    }

    /// <summary>The rows of <c>list --format json</c> with the newline at the end; <c>null</c> when there are none.</summary>
    public static byte[] ToJsonList(IReadOnlyList<StateDocument> states)
    {
        if (states.Count == 0)
        {
            return [.. "null\n"u8];
        }

        var json = new StateText(indented: false);
        json.BeginArray();
        for (int i = 0; i < states.Count; i++)
        {
            states[i].Write(json);
        }

        json.EndArray();
        return [.. json.Written, (byte)'\n'];
    }

    /// <summary>A moment in RFC 3339 with the fraction that it has, in UTC.</summary>
    public static string FormatTime(DateTimeOffset moment)
    {
        // The round-trip form always has seven digits; a form of our own would load the culture's calendar first.
        string text = moment.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        return string.Concat(text.AsSpan(0, text.Length - 1).TrimEnd('0').TrimEnd('.'), "Z");
    }

    /// <summary>Writes the document as a value, for documents that contain a state.</summary>
    public void Write(StateText json)
    {
        json.BeginObject();
        json.Member("ociVersion", OciVersion);
        json.Member("id", Id);
        json.Member("pid", (ulong)Pid);
        json.Member("status", Status);
        json.Member("bundle", Bundle);
        if (Rootfs is not null)
        {
            json.Member("rootfs", Rootfs);
        }

        if (Created is { } created)
        {
            json.Member("created", FormatTime(created));
        }

        if (Annotations.Count > 0)
        {
            json.BeginObject("annotations");
            foreach ((string key, string value) in Annotations)
            {
                json.Member(key, value);
            }

            json.EndObject();
        }

        if (Owner is not null)
        {
            json.Member("owner", Owner);
        }

        json.EndObject();
    }
}
