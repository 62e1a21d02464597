using System.Text;
using SharpRun.Linux.Mounts;

namespace SharpRun.Docs;

/// <summary>The page of mount options, from the table that the parser reads.</summary>
internal static class MountOptionsPage
{
    private static readonly (MountEffect Effect, string Title, string Text)[] Groups =
    [
        (MountEffect.Kind, "What is mounted, and how source and destination are found", ""),
        (MountEffect.Attribute, "Flags of the mount",
            "A bind mount without any of them keeps the flags of its source; with one or more it has exactly those. Flags that a user namespace has "
            + "locked stay; to ask for one of them to be cleared is refused with `cannot clear locked flags`."),
        (MountEffect.RecursiveAttribute, "Flags of the mount and of all below it", "What they do not name stays as it is."),
        (MountEffect.Propagation, "Propagation", "mount_namespaces(7). In the order of the options, after the mount is in its place."),
        (MountEffect.Instance, "Flags of the filesystem", "For a new filesystem and for `remount` without `bind`."),
        (MountEffect.None, "Without effect", ""),
    ];

    /// <summary>The whole page.</summary>
    internal static string Write()
    {
        var text = new StringBuilder(
            """
            <!-- Made by `make docs` from the table of mount options. -->

            # Mount options

            What `mounts[].options` of config.json may hold. Of two options that contradict each other the later one counts. What is not on this
            page is handed to the filesystem, entries with commas in parts; a bind mount has no filesystem of its own, so there it is refused.

            """);
        foreach ((MountEffect effect, string title, string about) in Groups)
        {
            _ = text.Append($"\n## {title}\n\n{(about.Length == 0 ? "" : about + "\n\n")}| Option | Meaning |\n|---|---|\n");
            foreach (MountOption row in MountOptionTable.Rows)
            {
                if (row.Effect == effect)
                {
                    _ = text.Append($"| `{row.Name}` | {row.Summary} |\n");
                }
            }
        }

        return text.ToString();
    }
}
