namespace SharpRun.Docs;

/// <summary>The parts of the manual that are about all commands.</summary>
internal static class ManualText
{
    /// <summary>What the program is, and how its options are written.</summary>
    internal static IReadOnlyList<Block> Description { get; } =
    [
        new Block.Section("Description"),
        new Block.Paragraph(
            "`sharprun` turns an OCI bundle, which is a root filesystem and a `config.json`, into an isolated process. Engines such as containerd, CRI-O, podman and docker call it; people can as well."),
        new Block.Paragraph(
            "An option has one dash or two. Its value follows as the next argument or behind an equals sign. Of an option that is given twice the later one counts, unless it may be repeated. `--` ends the options. "
            + "The options of `exec`, `kill` and `ps` end at the first other argument; those of other commands may follow it."),
    ];

    /// <summary>Everything behind the commands.</summary>
    internal static IReadOnlyList<Block> Rest { get; } =
    [
        new Block.Section("Exit status"),
        new Block.Definitions(
        [
            ("0", "The command has done what it was asked for."),
            ("1", "It has failed; one line on standard error says why. For a command line that cannot be read, its help is on standard output."),
            ("255", "`exec` has failed before the process ran."),
            ("other", "`run` and `exec` in the foreground: the exit status of the process, or 128 and the number of the signal that ended it."),
        ]),
        new Block.Section("Log"),
        new Block.Paragraph(
            "The file of `--log` exists as soon as the command has begun, and gets one line for the error that ends the command; the same message is on standard error. "
            + "More is logged only with `--log-level warning` or `debug`."),
        new Block.Paragraph(
            "With `--log-format json` a line is an object with `level`, `msg` and `time`, and beside them, where they are known, `path` (a file or a property of `config.json`), "
            + "`errno` (such as `ENOENT`), `syscall`, and `step`, the number that `sharprun plan` gives the failed step."),
        new Block.Section("Cgroups"),
        new Block.Paragraph(
            "A container gets a cgroup of its own: `linux.cgroupsPath`, or one named after its id beside that of the caller. `--cgroup-manager disabled` leaves it in the caller's and touches none: "
            + "limits are refused, device rules have no effect, and the container cannot be paused. With `--rootless true`, or for an ordinary user, a cgroup that may not be made is done without, "
            + "if the configuration has neither a path nor limits."),
        new Block.Section("Environment"),
        new Block.Definitions(
        [
            ("`XDG_RUNTIME_DIR`", "The state is kept in its directory `sharprun` when the caller is not root, or is root only in a user namespace and `USER` is not `root`."),
            ("`PATH`", "Here `ps` finds the ps(1) of the host, and an ordinary user's containers find `newuidmap` and `newgidmap`. The program of a container is looked for in the `PATH` of its own environment."),
            ("`NOTIFY_SOCKET`", "The container gets a socket of its own for it; `start` and `run` wait for `READY=1` and pass it on to the service manager."),
            ("`LISTEN_FDS`, `LISTEN_PID`", "The sockets that systemd has opened for this process are passed on to the container."),
            ("`DBUS_SYSTEM_BUS_ADDRESS`", "Where root asks for systemd when `/run/systemd/private` does not answer (default: `/run/dbus/system_bus_socket`)."),
            ("`DBUS_SESSION_BUS_ADDRESS`", "Where others ask for their systemd (default: `$XDG_RUNTIME_DIR/bus`)."),
            ("`NO_COLOR`, `TERM`", "`top` has no colours when `NO_COLOR` is not empty, and prints plain tables one after the other when `TERM` is `dumb`, empty or not set."),
            ("`LC_ALL`, `LC_CTYPE`, `LANG`", "`top` draws its bars with characters beyond ASCII when the first of these that is set says UTF-8."),
        ]),
        new Block.Section("Files"),
        new Block.Definitions(
        [
            ("`/run/sharprun/ID/`", "The state of a container: `state.json`, the `config.json` that it was made from, `resources.json` when `update` has changed limits, and `exec.fifo` until it is started."),
            ("`config.json`", "The configuration, in the bundle."),
        ]),
        new Block.Section("Examples"),
        new Block.Lines("sharprun spec --bundle box\nsharprun plan --bundle box\nsharprun run --bundle box box1"),
        new Block.Lines("sharprun create --bundle box --pid-file box.pid box1\nsharprun start box1\nsharprun exec --user 1000:1000 box1 ls -l\nsharprun kill box1 KILL\nsharprun delete box1"),
        new Block.Lines("sharprun delete --force --regex '^test-[0-9]+$'"),
        new Block.Section("See also"),
        new Block.Paragraph("runc(8), crun(1), namespaces(7), cgroups(7); the OCI Runtime Specification."),
    ];
}
