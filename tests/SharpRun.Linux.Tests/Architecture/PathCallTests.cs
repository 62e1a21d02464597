using System.Text.RegularExpressions;
using Xunit;

namespace SharpRun.Linux.Tests.Architecture;

/// <summary>Which code of the child makes system calls that take a path as text: a short list, looked over one by one.</summary>
/// <remarks>PathSafetyTests says what the plans may hand to it.</remarks>
public sealed partial class PathCallTests
{
    private static readonly string[] Allowed =
    [
        // The program that was found, and the search for it: in the container's root.
        "ExecSteps.Execute execve", "ExecSteps.Access faccessat", "ExecSteps.Access faccessat2",
        "ExecSteps.Mode newfstatat", "ExecSteps.Mode statx",
        // By descriptor, with an empty path.
        "FileSteps.ChangeOwner fchownat", "FileSteps.Stat statx", "MountSteps.PickFileSystem fspick",
        // A host path, or the current directory of the container.
        "FileSteps.OpenHost openat", "FileSteps.ChangeDirectory chdir", "MountSteps.Unmount umount2",
        // Below the root descriptor.
        "FileSteps.OpenBelow openat2",
        // One name in an open directory.
        "FileSteps.MakeDirectory mkdirat", "FileSteps.MakeNode mknodat", "FileSteps.MakeSymlink readlinkat", "FileSteps.MakeSymlink symlinkat",
        "FileSteps.Unlink unlinkat", "PlaceSteps.MakeOne mkdirat", "PlaceSteps.MakeOne mknodat", "PlaceSteps.MakeOne readlinkat",
        "WalkSteps.Finish openat", "WalkSteps.GoUp openat", "WalkSteps.Next openat",
        // The link behind a descriptor.
        "WalkSteps.Follow readlinkat", "WalkSteps.Stat statx",
        // ".", or a number in /proc/self/fd of the machine.
        "RemountSteps.SetAttributes mount",
        // A number in /proc/self/fd of the machine.
        "FileSteps.Reopen openat",
        "MountSteps.Mount mount",
        // HOME, in the container's root, without following a link.
        "HomeSteps.Read openat",
        // A descriptor, or a host path.
        "MountSteps.MoveMount move_mount", "MountSteps.OpenTree open_tree", "MountSteps.SetMountAttributes mount_setattr",
        // ".".
        "MountSteps.ChangeRoot chroot", "MountSteps.PivotRoot pivot_root",
        // The runtime's own executable, before there is a container.
        "ProtectedStart.Enter open_tree", "ProtectedStart.Enter mount_setattr", "ProtectedStart.Enter execveat",
    ];

    [Fact]
    public void PathCalls_OfTheChild_AreThoseOfTheList()
    {
        string[] found = [.. Repository.SourceFiles("src/SharpRun.Linux/Child")
            .SelectMany(file => Calls(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file))).Distinct().Order(StringComparer.Ordinal)];

        Assert.Equal(Allowed.Order(StringComparer.Ordinal), found);
    }

    [Fact]
    public void Checker_FindsACallInItsMethod()
    {
        const string code = """
            internal static class ASteps
            {
                /// <summary>SYS_mount in a comment.</summary>
                internal static nint One(ChildMemory* memory) => memory->Kernel.Call(SYS_close, 1);

                private static bool Two(
                    ChildMemory* memory)
                {
                    return memory->Kernel.Call(
                        SYS_mount, 1) == 0 && memory->Kernel.Call(SYS_openat2, 2) == 0;
                }
            }
            """;
        Assert.Equal(["ASteps.Two mount", "ASteps.Two openat2"], Calls("ASteps", code));
    }

    private static IEnumerable<string> Calls(string type, string code)
    {
        string method = "?";
        foreach (string line in code.Split('\n').Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)))
        {
            if (Method().Match(line) is { Success: true } declaration)
            {
                method = declaration.Groups[1].Value;
            }

            foreach (Match call in PathCall().Matches(line))
            {
                yield return $"{type}.{method} {call.Groups[1].Value}";
            }
        }
    }

    [GeneratedRegex(@"^    (?:internal|private|public) (?:unsafe )?static (?:unsafe )?[\w*<>?]+ (\w+)\(")]
    private static partial Regex Method();

    // Every call that Linux has with a path in it.
    [GeneratedRegex(@"\bSYS_((?:open|openat2?|creat|open_tree|move_mount|mount|umount2?|mount_setattr|fspick|pivot_root|chroot|chdir|mkdir|mkdirat|mknod|mknodat|link|linkat|symlink|symlinkat|unlink|unlinkat|rmdir|rename|renameat2?|readlink|readlinkat|stat|lstat|statx|newfstatat|statfs|access|faccessat2?|chmod|fchmodat2?|chown|lchown|fchownat|truncate|utime|utimes|utimensat|futimesat|execve|execveat|name_to_handle_at|swapon|swapoff|acct|quotactl|uselib|inotify_add_watch|fanotify_mark|l?(?:set|get|list|remove)xattr(?:at)?))\b")]
    private static partial Regex PathCall();
}
