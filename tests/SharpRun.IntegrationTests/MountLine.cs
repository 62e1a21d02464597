namespace SharpRun.IntegrationTests;

/// <summary>One line of mountinfo (proc_pid_mountinfo(5)).</summary>
/// <param name="Point">The mount point.</param>
/// <param name="Root">What of the file system is shown.</param>
/// <param name="Flags">The mount's own options.</param>
/// <param name="Tags">shared, master, unbindable: which of them, without numbers.</param>
/// <param name="Type">The file system.</param>
/// <param name="Instance">The options of the file system instance.</param>
internal sealed record MountLine(string Point, string Root, string Flags, string Tags, string Type, string[] Instance)
{
    internal static MountLine Parse(string line)
    {
        string[] fields = line.Split(' ');
        int dash = Array.IndexOf(fields, "-");
        string tags = string.Join(' ', fields[6..dash].Select(static tag => tag.Split(':')[0]).Where(static tag => tag != "propagate_from"));
        return new MountLine(fields[4], fields[3], fields[5], tags, fields[dash + 1], fields[dash + 3].Split(','));
    }
}
