using System.Globalization;
using System.Text;
using SharpRun.Linux.Containers;
using SharpRun.Spec;

namespace SharpRun.Output;

/// <summary>The table of <c>ns</c>: containers by namespaces, and below it who shares what.</summary>
internal static class NamespaceTable
{
    private const int Gap = 2;
    private const string Nothing = "-";

    /// <summary>The text.</summary>
    internal static string Write(IReadOnlyList<NamespaceUser> users)
    {
        var shared = new SharedNamespaces(users);
        List<string[]> rows = [Header()];
        foreach (NamespaceGroup group in NamespaceGroup.From(users))
        {
            rows.Add([Heading(group)]);
            foreach (NamespaceUser user in group.Users)
            {
                rows.Add(Row(user, shared));
            }
        }

        var text = new StringBuilder();
        AppendRows(text, rows);
        if (shared.Count > 0)
        {
            _ = text.Append('\n');
            AppendRows(text, shared.Rows());
        }

        return text.ToString();
    }

    private static string[] Header()
    {
        List<string> header = ["CONTAINER", "STATUS", "PID", "PROCESS"];
        foreach (NamespaceType type in ContainerNamespace.All)
        {
            header.Add(ContainerNamespace.FileName(type).ToUpperInvariant());
        }

        return [.. header];
    }

    private static string Heading(NamespaceGroup group) => group.Kind switch
    {
        NamespaceGroupKind.Pod => "pod " + group.Pod,
        NamespaceGroupKind.Alone => "in no pod",
        NamespaceGroupKind.HostNetwork => "in the network of the host",
        _ => "without a process, in no namespace",
    };

    private static string[] Row(NamespaceUser user, SharedNamespaces shared)
    {
        List<string> row =
        [
            "  " + user.Id, StatusProbe.Name(user.Status), user.Pid == 0 ? Nothing : user.Pid.ToString(CultureInfo.InvariantCulture), user.Process ?? Nothing,
        ];
        foreach (NamespaceType type in ContainerNamespace.All)
        {
            row.Add(user.Find(type) switch
            {
                null => Nothing,
                { Kind: NamespaceKind.Shared } use => shared.Mark(use),
                var use => NamespaceJson.Name(use.Kind),
            });
        }

        return [.. row];
    }

    /// <summary>Columns, each as wide as its longest cell; a row of one cell is a heading.</summary>
    private static void AppendRows(StringBuilder text, List<string[]> rows)
    {
        int[] widths = new int[rows[0].Length];
        foreach (string[] row in rows)
        {
            for (int i = 0; i < row.Length && row.Length > 1; i++)
            {
                row[i] = LogSink.OneLine(row[i]);
                widths[i] = Math.Max(widths[i], row[i].Length + Gap);
            }
        }

        foreach (string[] row in rows)
        {
            var line = new StringBuilder();
            for (int i = 0; i < row.Length; i++)
            {
                _ = line.Append(row[i].PadRight(widths[i]));
            }

            _ = text.Append(line.ToString().TrimEnd(' ')).Append('\n');
        }
    }
}
