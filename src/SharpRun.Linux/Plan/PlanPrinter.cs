using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SharpRun.Linux.Abi;

namespace SharpRun.Linux.Plan;

/// <summary>Prints a plan: one line a step, its number first and the config.json path that caused it last.</summary>
internal static class PlanPrinter
{
    /// <summary>The plan as text.</summary>
    internal static string ToText(LaunchPlan plan)
    {
        var text = new StringBuilder();
        _ = text.Append("   0  clone3(").Append(FlagNames.Clone(plan.Header.CloneFlags)).Append(")\n");
        _ = text.Append(plan.Header.WalksPaths == 0 ? "" : "      openat2 is not there: what it does below is done by openat, one element of a path at a time\n")
            .Append(plan.Header.Remounts == 0 ? "" : "      mount_setattr is not there: what it does below is done by mount\n");
        var reader = new PlanReader(plan.Bytes);
        Dictionary<int, int> steps = StepsByOffset(plan);
        while (reader.Next())
        {
            OpHeader header = reader.Header;
            _ = text.Append(header.Step.ToString(CultureInfo.InvariantCulture).PadLeft(4)).Append("  ").Append(StepText.Of(reader));
            if (header.Tolerated != 0)
            {
                _ = text.Append("  ").Append(string.Join('|', Errors(header.Tolerated)))
                    .Append(" -> ").Append((header.OnError == 0 ? header.Step + 1 : steps[header.OnError]).ToString(CultureInfo.InvariantCulture));
            }

            if (header.OnSuccess != 0)
            {
                _ = text.Append("  ok -> ").Append(steps[header.OnSuccess].ToString(CultureInfo.InvariantCulture));
            }

            if (reader.Text(header.Origin) is { Length: > 0 } origin)
            {
                _ = text.Append("  # ").Append(origin);
            }

            _ = text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The plan as JSON: an object with the clone flags and an array of steps.</summary>
    internal static byte[] ToJson(LaunchPlan plan)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("cloneFlags", FlagNames.Clone(plan.Header.CloneFlags));
        if (plan.Header.WalksPaths != 0)
        {
            json.WriteBoolean("withoutOpenat2", true);
        }

        if (plan.Header.Remounts != 0)
        {
            json.WriteBoolean("withoutMountSetattr", true);
        }

        json.WriteStartArray("steps");
        var reader = new PlanReader(plan.Bytes);
        Dictionary<int, int> steps = StepsByOffset(plan);
        while (reader.Next())
        {
            WriteStep(json, reader, steps);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private static void WriteStep(Utf8JsonWriter json, PlanReader reader, Dictionary<int, int> steps)
    {
        OpHeader header = reader.Header;
        json.WriteStartObject();
        json.WriteNumber("step", header.Step);
        json.WriteString("op", header.Code.ToString());
        json.WriteString("text", StepText.Of(reader));
        json.WriteStartArray("calls");
        foreach (string call in StepCalls.Of(reader))
        {
            json.WriteStringValue(call);
        }

        json.WriteEndArray();
        if (header.Tolerated != 0)
        {
            json.WriteStartArray("tolerates");
            foreach (string error in Errors(header.Tolerated))
            {
                json.WriteStringValue(error);
            }

            json.WriteEndArray();
            json.WriteNumber("onError", header.OnError == 0 ? header.Step + 1 : steps[header.OnError]);
        }

        if (header.OnSuccess != 0)
        {
            json.WriteNumber("onSuccess", steps[header.OnSuccess]);
        }

        if (reader.Text(header.Origin) is { Length: > 0 } origin)
        {
            json.WriteString("path", origin);
        }

        json.WriteEndObject();
    }

    private static Dictionary<int, int> StepsByOffset(LaunchPlan plan)
    {
        var steps = new Dictionary<int, int>();
        var reader = new PlanReader(plan.Bytes);
        while (reader.Next())
        {
            steps.Add(reader.Offset, reader.Header.Step);
        }

        return steps;
    }

    private static List<string> Errors(ulong mask)
    {
        var names = new List<string>();
        for (int errno = 1; errno < 64; errno++)
        {
            if (((mask >> errno) & 1) != 0)
            {
                names.Add(ErrnoText.Name((Errno)errno));
            }
        }

        return names;
    }
}
