using SharpRun.CommandLine;
using SharpRun.Linux.Containers;
using SharpRun.Linux.Security;

namespace SharpRun.Commands;

/// <summary><c>exec</c>: another process in a running container.</summary>
internal static class ExecCommand
{
    internal static Command Row => new()
    {
        Name = "exec",
        Summary = "run another process in a container",
        Usage = "ID COMMAND [ARGUMENTS]",
        Options =
        [
            new("process", "p", "FILE", "the process as JSON; other options about it do not count"),
            new("tty", "t", null, "give the process a terminal"),
            new("user", "u", "UID[:GID]", "run as this user, by number"),
            new("additional-gids", "g", "GID", "one more group; may be repeated"),
            new("cwd", null, "DIR", "the working directory"),
            new("env", "e", "NAME=VALUE", "one more variable; may be repeated"),
            new("cap", "c", "CAP", "one more capability; may be repeated"),
            new("no-new-privs", null, null, "no program can gain privileges"),
            new("apparmor", null, "PROFILE", "the AppArmor profile"),
            new("process-label", null, "LABEL", "the SELinux label"),
            new("detach", "d", null, "return when the program runs"),
            new("console-socket", null, "SOCKET", "send the terminal to SOCKET"),
            new("pidfd-socket", null, "SOCKET", "send the pidfd of the process to SOCKET"),
            new("pid-file", null, "FILE", "write the pid of the process to FILE"),
            new("preserve-fds", null, "N", "pass N more descriptors on, from 3"),
            new("cgroup", null, "PATH", "an existing cgroup below the container's"),
            new("ignore-paused", null, null, "in a paused container: begin when it is resumed"),
        ],
        Least = 1,
        Most = int.MaxValue,
        StopsAtFirst = true,
        FailureStatus = 255,
        Run = Run,
    };

    private static int Run(CommandContext context, Arguments arguments)
    {
        string? file = arguments.Value("process") is { Length: > 0 } path ? path : null;
        if (file is null && arguments.Positional.Count < 2)
        {
            throw new UsageException("sharprun: \"exec\" requires a command or --process");
        }

        SelfProtection.Ensure();
        return ExecOperation.Exec(
            context.Store,
            new ExecRequest
            {
                Id = arguments.Positional[0],
                ProcessFile = file,
                Arguments = file is null ? Process(arguments) : null,
                SubCgroup = SubCgroup(arguments.Value("cgroup")),
                IgnorePaused = arguments.Has("ignore-paused"),
                Detach = arguments.Has("detach"),
                Channels = CreateOptions.Channels(arguments),
            });
    }

    private static ExecArguments Process(Arguments arguments)
    {
        (uint Uid, uint? Gid)? user = arguments.Value("user") is { } text ? UserArgument.User(text) : null;
        return new ExecArguments
        {
            Args = arguments.Positional.GetRange(1, arguments.Positional.Count - 1),
            Env = arguments.Values("env").ConvertAll(Variable),
            Cwd = arguments.Value("cwd") is { Length: > 0 } cwd ? Absolute(cwd) : null,
            Uid = user?.Uid,
            Gid = user?.Gid,
            AdditionalGids = arguments.Values("additional-gids").ConvertAll(static id => UserArgument.Id(id, "additional-gids")),
            Terminal = arguments.Has("tty"),
            Capabilities = arguments.Values("cap").ConvertAll(Capability),
            NoNewPrivileges = arguments.Has("no-new-privs"),
            ApparmorProfile = arguments.Value("apparmor"),
            SelinuxLabel = arguments.Value("process-label"),
        };
    }

    private static string Variable(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) > 0 ? text : throw new UsageException($"invalid value \"{text}\" for flag --env: must be NAME=VALUE");

    private static string Absolute(string cwd) =>
        cwd.StartsWith('/') ? cwd : throw new UsageException($"invalid value \"{cwd}\" for flag --cwd: must be an absolute path");

    private static string Capability(string name)
    {
        string upper = name.ToUpperInvariant();
        return upper.StartsWith("CAP_", StringComparison.Ordinal) ? upper : "CAP_" + upper;
    }

    /// <summary>As runc takes it: <c>[CONTROLLER:]PATH</c>; cgroup v2 has one hierarchy, so a controller makes no sense.</summary>
    private static string? SubCgroup(string? text) =>
        text is not null && text.Contains(':', StringComparison.Ordinal)
            ? throw new UsageException($"invalid value \"{text}\" for flag --cgroup: cgroup v2 has no controllers of their own, only a path")
            : text;
}
