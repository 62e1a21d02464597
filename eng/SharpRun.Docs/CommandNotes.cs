namespace SharpRun.Docs;

/// <summary>What each command does, in sentences; the options are in the table of commands.</summary>
internal static class CommandNotes
{
    /// <summary>The commands that are described here.</summary>
    internal static IEnumerable<string> Commands => Notes.Keys;

    private static Dictionary<string, string[]> Notes { get; } = new()
    {
        ["create"] =
        [
            "Makes the container ID from a bundle and returns when its first process waits for `start`. The id has letters, digits and `_+.-`.",
            "Standard input, output and error of the command become those of the container. With `process.terminal` a `--console-socket` must take the terminal.",
        ],
        ["start"] = ["Lets the program of a created container run."],
        ["run"] =
        [
            "Does what `create` and `start` do, waits for the end of the first process, removes the container and exits with the status of that process, or 128 and the signal that ended it.",
            "Signals that arrive meanwhile are passed on to the container.",
        ],
        ["exec"] =
        [
            "Starts another process in a container: the command that is named, or the `process` object of a file (`--process`). Options end at the id, so that those of the command are its own.",
            "Users and groups are decimal numbers without sign and leading zero, up to 4294967294. A failure of `exec` itself has the exit status 255.",
        ],
        ["state"] = ["Prints the state of the container as the specification defines it, as JSON."],
        ["list"] = ["Lists the containers below `--root`. What is not the state of a container is passed over; a damaged one is reported on standard error."],
        ["ps"] = ["Lists the processes of the container by their pids on the host. The table is that of the ps(1) of the host, which is called with the arguments, or with `-ef`; of its lines those of the container are printed."],
        ["ns"] =
        [
            "Shows in which namespaces the containers are, all or those that are named: a table, a JSON document or a picture. Containers in one network namespace are a pod, called by the oldest of them. A container that has stopped is in no namespace.",
            "A namespace is `private` when no other container below `--root` is in it, `shared` when others are, and `host` when it is that of the runtime or of the first process of the machine.",
            "`--json` prints an array with an object for each container: `id`, `status`, `pid` (0 without a process), `process` (the name of the first process, or null), `pod` (a container's id, or null) and `namespaces`, an object whose members `net`, `ipc`, `uts`, `pid`, `mnt`, `user`, `cgroup` and `time` have `inode`, `kind` and `sharedWith`, the ids of the other containers in it. What may not be looked at is left out.",
        ],
        ["kill"] =
        [
            "Sends a signal, by number or by name with or without `SIG`, to the first process. Without one it is TERM. 0 sends none and only finds out whether the container runs.",
            "With `--regex` a container that cannot be signalled does not spare the others; the failures are told in one line.",
        ],
        ["delete"] = ["Removes a container that has ended, or was only created: processes that are left, its cgroup, and last its state."],
        ["pause"] = ["Freezes all processes of the container. It needs a cgroup."],
        ["resume"] = ["Thaws a paused container."],
        ["update"] =
        [
            "Changes the limits of a container that is created, running or paused. What is not given stays as it was last set; all limits are written again, and saved. When the kernel refuses one, the others get their old values back.",
            "BYTES are a number with a unit (`k`, `m`, `g`, `t`, `p`, of 1024 each) or without. 0 means no change, as in a configuration. Of `cpuset-cpus`, `cpuset-mems`, `pids-limit`, `cpu-burst` and `cpu-idle` only what is given is written.",
            "`--resources` takes the object `linux.resources` of a configuration. Limits of single block devices, page sizes and RDMA devices are changed one by one, by their device or size. Device rules are never changed.",
            "With `--dry-run` nothing is changed. Printed are the files of the cgroup that would say something else: what they say now, what they would say, and the properties that this comes from; with systemd also what its unit would be told, as busctl(1) writes it. A `-` is a file that is made when its controller is enabled.",
        ],
        ["events"] =
        [
            "Prints JSON lines: `stats`, what the cgroup of the container uses and has used, after every interval, and `oom` when a process of it was killed for want of memory. With `--stats` it is one line of statistics at once.",
            "It ends when nothing runs in the container any more, or when nobody reads. Only what an enabled controller counts is there; a limit enables its controller.",
        ],
        ["top"] =
        [
            "Shows what all containers below `--root` use, or those that are named: on a terminal again and again until `q` or Ctrl-C, otherwise one table after the other. `NO_COLOR` turns colours off.",
            "CPU 100 % is one processor. THR % are the periods of the quota that had used it up. PSI are the percentages of the last ten seconds in which some process waited for a processor, for memory, for input and output. READ/s and WRITE/s are those of block devices. OOM are the processes that were killed for want of memory. A `-` is what cannot be told: a controller that is not enabled, a container that has ended, a rate after one reading alone. On a narrow terminal columns are left out.",
            "With `--json` each reading is an object with `time` and `containers`, on one line; what cannot be told, and a limit that there is not, is `null`. Rates take two readings, so the first line comes after the first interval. With `--no-stream` it is also the last.",
        ],
        ["plan"] = ["Prints what the first process of a bundle would do before it becomes its program, one step a line, without making anything. It needs no privilege."],
        ["spec"] = ["Writes a configuration to begin with. An existing file is not overwritten."],
        ["features"] = ["Prints what this runtime can do, as the specification defines it, as JSON."],
        ["help"] = ["Prints the same as `--help`."],
        ["version"] = ["Prints the same as `--version`."],
    };

    /// <summary>The paragraphs about a command; none when there is no note.</summary>
    internal static IReadOnlyList<string> Of(string command) => Notes.GetValueOrDefault(command, []);
}
