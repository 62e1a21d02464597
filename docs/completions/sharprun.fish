# Completions of fish for sharprun. Made by make docs from the table of commands.

# The options of a command that have a value.
function __sharprun_valued --argument-names name
    switch "$name"
        case ''
            echo --root --log --log-format --log-level --cgroup-manager --rootless --criu
        case create
            echo -b --bundle -f --config --console-socket --pidfd-socket --pid-file --join --preserve-fds
        case start
            echo ''
        case run
            echo -b --bundle -f --config --console-socket --pidfd-socket --pid-file --join --preserve-fds
        case exec
            echo -p --process -u --user -g --additional-gids --cwd -e --env -c --cap --apparmor --process-label --console-socket --pidfd-socket --pid-file --preserve-fds --cgroup
        case state
            echo ''
        case list
            echo -f --format
        case ps
            echo -f --format
        case ns
            echo --svg
        case kill
            echo ''
        case delete
            echo ''
        case pause
            echo ''
        case resume
            echo ''
        case update
            echo -r --resources --memory --memory-reservation --memory-swap --cpu-quota --cpu-period --cpu-burst --cpu-share --cpu-idle --cpuset-cpus --cpuset-mems --pids-limit --blkio-weight --kernel-memory --kernel-memory-tcp --cpu-rt-period --cpu-rt-runtime --l3-cache-schema --mem-bw-schema
        case events
            echo --interval
        case top
            echo --interval --sort
        case plan
            echo -b --bundle -f --config --join
        case spec
            echo -b --bundle -f --file
        case features
            echo ''
        case help
            echo ''
        case version
            echo ''
    end
end

# The command, how many arguments it has so far, and the state root.
function __sharprun_line
    set -l name ''
    set -l count 0
    set -l root ''
    set -l option ''
    for word in (commandline -opc)[2..]
        if test -n "$option"
            test "$option" = --root; and set root $word
            set option ''
        else if contains -- $word (string split ' ' -- (__sharprun_valued $name))
            set option $word
        else if string match -q -- '--root=*' $word
            set root (string replace -- --root= '' $word)
        else if string match -q -- '-*' $word
            continue
        else if test -z "$name"
            set name $word
        else
            set count (math $count + 1)
        end
    end
    printf '%s\n' "$name" $count "$root"
end

# Whether a command is named; with arguments, whether it is this one and has this many arguments.
function __sharprun_at --argument-names name count
    set -l line (__sharprun_line)
    test -n "$line[1]"
    and test -z "$name" -o "$name" = "$line[1]"
    and test -z "$count" -o "$count" = "$line[2]"
end

function __sharprun_containers
    set -l line (__sharprun_line)
    if test -n "$line[3]"
        sharprun --root $line[3] list --quiet 2>/dev/null
    else
        sharprun list --quiet 2>/dev/null
    end
end

complete -c sharprun -f
complete -c sharprun -n 'not __sharprun_at' -l root -x -a '(__fish_complete_directories)' -d 'where the state of containers is kept (default: /run/sharprun)'
complete -c sharprun -n 'not __sharprun_at' -l log -r -F -d 'write errors to FILE too, or to file:FILE'
complete -c sharprun -n 'not __sharprun_at' -l log-format -x -a 'text json' -d 'text (default) or json'
complete -c sharprun -n 'not __sharprun_at' -l log-level -x -a 'error warning debug' -d 'error (default), warning or debug'
complete -c sharprun -n 'not __sharprun_at' -l debug -d 'the same as --log-level debug'
complete -c sharprun -n 'not __sharprun_at' -l cgroup-manager -x -a 'cgroupfs systemd disabled' -d 'cgroupfs (default), systemd or disabled'
complete -c sharprun -n 'not __sharprun_at' -l systemd-cgroup -d 'the same as --cgroup-manager systemd'
complete -c sharprun -n 'not __sharprun_at' -l rootless -x -a 'true false auto' -d 'go on without a cgroup that may not be made: true, false or auto'
complete -c sharprun -n 'not __sharprun_at' -l criu -x -d 'accepted for old callers, without effect'
complete -c sharprun -n 'not __sharprun_at' -s h -l help -d 'show this help'
complete -c sharprun -n 'not __sharprun_at' -s v -l version -d 'show versions'

complete -c sharprun -n 'not __sharprun_at' -a create -d 'make a container that waits for start'
complete -c sharprun -n '__sharprun_at create' -s b -l bundle -x -a '(__fish_complete_directories)' -d 'the bundle (default: the current directory)'
complete -c sharprun -n '__sharprun_at create' -s f -l config -r -F -d 'the configuration (default: config.json of the bundle)'
complete -c sharprun -n '__sharprun_at create' -l console-socket -r -F -d 'send the terminal to SOCKET'
complete -c sharprun -n '__sharprun_at create' -l pidfd-socket -r -F -d 'send the pidfd of the process to SOCKET'
complete -c sharprun -n '__sharprun_at create' -l pid-file -r -F -d 'write the pid of the first process to FILE'
complete -c sharprun -n '__sharprun_at create' -l join -x -d 'share a container\'s namespaces (net,ipc,uts); may be repeated'
complete -c sharprun -n '__sharprun_at create' -l no-pivot -d 'enter the root filesystem without pivot_root'
complete -c sharprun -n '__sharprun_at create' -l no-new-keyring -d 'keep the session keyring of the caller'
complete -c sharprun -n '__sharprun_at create' -l preserve-fds -x -d 'pass N more descriptors on, from 3'
complete -c sharprun -n '__sharprun_at create' -s d -l detach -d 'accepted for old callers: create always returns'
complete -c sharprun -n '__sharprun_at create' -s h -l help -d 'show this help'

complete -c sharprun -n 'not __sharprun_at' -a start -d 'start a created container'
complete -c sharprun -n '__sharprun_at start' -s h -l help -d 'show this help'
complete -c sharprun -n '__sharprun_at start 0' -a '(__sharprun_containers)'

complete -c sharprun -n 'not __sharprun_at' -a run -d 'create and start a container, wait for it, delete it'
complete -c sharprun -n '__sharprun_at run' -s b -l bundle -x -a '(__fish_complete_directories)' -d 'the bundle (default: the current directory)'
complete -c sharprun -n '__sharprun_at run' -s f -l config -r -F -d 'the configuration (default: config.json of the bundle)'
complete -c sharprun -n '__sharprun_at run' -l console-socket -r -F -d 'send the terminal to SOCKET'
complete -c sharprun -n '__sharprun_at run' -l pidfd-socket -r -F -d 'send the pidfd of the process to SOCKET'
complete -c sharprun -n '__sharprun_at run' -l pid-file -r -F -d 'write the pid of the first process to FILE'
complete -c sharprun -n '__sharprun_at run' -l join -x -d 'share a container\'s namespaces (net,ipc,uts); may be repeated'
complete -c sharprun -n '__sharprun_at run' -l no-pivot -d 'enter the root filesystem without pivot_root'
complete -c sharprun -n '__sharprun_at run' -l no-new-keyring -d 'keep the session keyring of the caller'
complete -c sharprun -n '__sharprun_at run' -l preserve-fds -x -d 'pass N more descriptors on, from 3'
complete -c sharprun -n '__sharprun_at run' -s d -l detach -d 'return when the program runs'
complete -c sharprun -n '__sharprun_at run' -l keep -d 'keep the state when the program has ended'
complete -c sharprun -n '__sharprun_at run' -l no-subreaper -d 'do not become the parent of what the container leaves behind'
complete -c sharprun -n '__sharprun_at run' -s h -l help -d 'show this help'

complete -c sharprun -n 'not __sharprun_at' -a exec -d 'run another process in a container'
complete -c sharprun -n '__sharprun_at exec 0' -s p -l process -r -F -d 'the process as JSON; other options about it do not count'
complete -c sharprun -n '__sharprun_at exec 0' -s t -l tty -d 'give the process a terminal'
complete -c sharprun -n '__sharprun_at exec 0' -s u -l user -x -d 'run as this user, by number'
complete -c sharprun -n '__sharprun_at exec 0' -s g -l additional-gids -x -d 'one more group; may be repeated'
complete -c sharprun -n '__sharprun_at exec 0' -l cwd -x -a '(__fish_complete_directories)' -d 'the working directory'
complete -c sharprun -n '__sharprun_at exec 0' -s e -l env -x -d 'one more variable; may be repeated'
complete -c sharprun -n '__sharprun_at exec 0' -s c -l cap -x -d 'one more capability; may be repeated'
complete -c sharprun -n '__sharprun_at exec 0' -l no-new-privs -d 'no program can gain privileges'
complete -c sharprun -n '__sharprun_at exec 0' -l apparmor -x -d 'the AppArmor profile'
complete -c sharprun -n '__sharprun_at exec 0' -l process-label -x -d 'the SELinux label'
complete -c sharprun -n '__sharprun_at exec 0' -s d -l detach -d 'return when the program runs'
complete -c sharprun -n '__sharprun_at exec 0' -l console-socket -r -F -d 'send the terminal to SOCKET'
complete -c sharprun -n '__sharprun_at exec 0' -l pidfd-socket -r -F -d 'send the pidfd of the process to SOCKET'
complete -c sharprun -n '__sharprun_at exec 0' -l pid-file -r -F -d 'write the pid of the process to FILE'
complete -c sharprun -n '__sharprun_at exec 0' -l preserve-fds -x -d 'pass N more descriptors on, from 3'
complete -c sharprun -n '__sharprun_at exec 0' -l cgroup -x -d 'an existing cgroup below the container\'s'
complete -c sharprun -n '__sharprun_at exec 0' -l ignore-paused -d 'in a paused container: begin when it is resumed'
complete -c sharprun -n '__sharprun_at exec 0' -s h -l help -d 'show this help'
complete -c sharprun -n '__sharprun_at exec 0' -a '(__sharprun_containers)'
complete -c sharprun -n '__sharprun_at exec; and not __sharprun_at exec 0' -F

complete -c sharprun -n 'not __sharprun_at' -a state -d 'show the state of a container'
complete -c sharprun -n '__sharprun_at state' -s h -l help -d 'show this help'
complete -c sharprun -n '__sharprun_at state 0' -a '(__sharprun_containers)'

complete -c sharprun -n 'not __sharprun_at' -a list -d 'list the containers'
complete -c sharprun -n '__sharprun_at list' -s f -l format -x -a 'table json' -d 'table (default) or json'
complete -c sharprun -n '__sharprun_at list' -s q -l quiet -d 'only the ids'
complete -c sharprun -n '__sharprun_at list' -s h -l help -d 'show this help'

complete -c sharprun -n 'not __sharprun_at' -a ps -d 'list the processes of a container'
complete -c sharprun -n '__sharprun_at ps 0' -s f -l format -x -a 'table json' -d 'table (default) or json'
complete -c sharprun -n '__sharprun_at ps 0' -s h -l help -d 'show this help'
complete -c sharprun -n '__sharprun_at ps 0' -a '(__sharprun_containers)'

complete -c sharprun -n 'not __sharprun_at' -a ns -d 'show who shares which namespaces, grouped into pods'
complete -c sharprun -n '__sharprun_at ns' -l json -d 'print it as JSON'
complete -c sharprun -n '__sharprun_at ns' -l svg -r -F -d 'draw it; - is standard output'
complete -c sharprun -n '__sharprun_at ns' -s h -l help -d 'show this help'
complete -c sharprun -n '__sharprun_at ns' -a '(__sharprun_containers)'

complete -c sharprun -n 'not __sharprun_at' -a kill -d 'send a signal to a container, TERM if none is named'
complete -c sharprun -n '__sharprun_at kill 0' -s a -l all -d 'to all its processes, not only the first one'
complete -c sharprun -n '__sharprun_at kill 0' -s r -l regex -d 'all containers whose ids match ID, an extended regular expression'
complete -c sharprun -n '__sharprun_at kill 0' -s h -l help -d 'show this help'
complete -c sharprun -n '__sharprun_at kill 0' -a '(__sharprun_containers)'
complete -c sharprun -n '__sharprun_at kill 1' -a 'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM CHLD CONT STOP TSTP TTIN TTOU WINCH'

complete -c sharprun -n 'not __sharprun_at' -a delete -d 'remove a container'
complete -c sharprun -n '__sharprun_at delete' -s f -l force -d 'end it first if it runs; no error if it does not exist'
complete -c sharprun -n '__sharprun_at delete' -s r -l regex -d 'all containers whose ids match ID, an extended regular expression'
complete -c sharprun -n '__sharprun_at delete' -s h -l help -d 'show this help'
complete -c sharprun -n '__sharprun_at delete 0' -a '(__sharprun_containers)'

complete -c sharprun -n 'not __sharprun_at' -a pause -d 'stop all processes of a container'
complete -c sharprun -n '__sharprun_at pause' -s h -l help -d 'show this help'
complete -c sharprun -n '__sharprun_at pause 0' -a '(__sharprun_containers)'

complete -c sharprun -n 'not __sharprun_at' -a resume -d 'let the processes of a paused container go on'
complete -c sharprun -n '__sharprun_at resume' -s h -l help -d 'show this help'
complete -c sharprun -n '__sharprun_at resume 0' -a '(__sharprun_containers)'

complete -c sharprun -n 'not __sharprun_at' -a update -d 'change the limits of a container'
complete -c sharprun -n '__sharprun_at update' -s r -l resources -r -F -d 'linux.resources as JSON, and no other option; - for stdin'
complete -c sharprun -n '__sharprun_at update' -l memory -x -d 'memory, such as 512M; -1 for no limit, and then none of swap'
complete -c sharprun -n '__sharprun_at update' -l memory-reservation -x -d 'memory that is left to the container when it is short'
complete -c sharprun -n '__sharprun_at update' -l memory-swap -x -d 'memory and swap together; -1 for no limit'
complete -c sharprun -n '__sharprun_at update' -l cpu-quota -x -d 'microseconds of processor time in each period; -1 for no limit'
complete -c sharprun -n '__sharprun_at update' -l cpu-period -x -d 'the period in microseconds'
complete -c sharprun -n '__sharprun_at update' -l cpu-burst -x -d 'microseconds of unused processor time that may be saved up'
complete -c sharprun -n '__sharprun_at update' -l cpu-share -x -d 'the weight among others, 2 to 262144; 1024 is usual'
complete -c sharprun -n '__sharprun_at update' -l cpu-idle -x -a '0 1' -d '1: processor time only when nobody else wants it; 0: as others'
complete -c sharprun -n '__sharprun_at update' -l cpuset-cpus -x -d 'the processors, such as 0-3,7'
complete -c sharprun -n '__sharprun_at update' -l cpuset-mems -x -d 'the memory nodes'
complete -c sharprun -n '__sharprun_at update' -l pids-limit -x -d 'processes and threads; -1 for no limit'
complete -c sharprun -n '__sharprun_at update' -l blkio-weight -x -d 'the weight of input and output among others, 10 to 1000'
complete -c sharprun -n '__sharprun_at update' -l dry-run -d 'show what would change, file by file, and change nothing'
complete -c sharprun -n '__sharprun_at update' -l json -d 'with --dry-run: as JSON'
complete -c sharprun -n '__sharprun_at update' -l kernel-memory -x -d 'no effect: cgroup v1 alone'
complete -c sharprun -n '__sharprun_at update' -l kernel-memory-tcp -x -d 'no effect: cgroup v1 alone'
complete -c sharprun -n '__sharprun_at update' -l cpu-rt-period -x -d 'no effect: cgroup v1 alone'
complete -c sharprun -n '__sharprun_at update' -l cpu-rt-runtime -x -d 'no effect: cgroup v1 alone'
complete -c sharprun -n '__sharprun_at update' -l l3-cache-schema -x -d 'lines about the L3 cache, for the resctrl group'
complete -c sharprun -n '__sharprun_at update' -l mem-bw-schema -x -d 'the memory bandwidth line, for the resctrl group'
complete -c sharprun -n '__sharprun_at update' -s h -l help -d 'show this help'
complete -c sharprun -n '__sharprun_at update 0' -a '(__sharprun_containers)'

complete -c sharprun -n 'not __sharprun_at' -a events -d 'show what a container uses'
complete -c sharprun -n '__sharprun_at events' -l interval -x -d 'from one line to the next, such as 500ms or 1m30s (default: 5s)'
complete -c sharprun -n '__sharprun_at events' -l stats -d 'one line, at once'
complete -c sharprun -n '__sharprun_at events' -s h -l help -d 'show this help'
complete -c sharprun -n '__sharprun_at events 0' -a '(__sharprun_containers)'

complete -c sharprun -n 'not __sharprun_at' -a top -d 'show what all containers use, live'
complete -c sharprun -n '__sharprun_at top' -l interval -x -d 'from one reading to the next, such as 500ms or 5s (default: 1s)'
complete -c sharprun -n '__sharprun_at top' -l no-stream -d 'one reading, after one interval'
complete -c sharprun -n '__sharprun_at top' -l json -d 'one JSON object for each reading, each on a line'
complete -c sharprun -n '__sharprun_at top' -l sort -x -a 'id cpu memory pids io' -d 'id (default), or what uses most: cpu, memory, pids or io'
complete -c sharprun -n '__sharprun_at top' -s h -l help -d 'show this help'
complete -c sharprun -n '__sharprun_at top' -a '(__sharprun_containers)'

complete -c sharprun -n 'not __sharprun_at' -a plan -d 'show what a bundle\'s first process would do, step by step'
complete -c sharprun -n '__sharprun_at plan' -s b -l bundle -x -a '(__fish_complete_directories)' -d 'the bundle (default: the current directory)'
complete -c sharprun -n '__sharprun_at plan' -s f -l config -r -F -d 'the configuration (default: config.json of the bundle)'
complete -c sharprun -n '__sharprun_at plan' -l join -x -d 'share a container\'s namespaces (net,ipc,uts); may be repeated'
complete -c sharprun -n '__sharprun_at plan' -l json -d 'as JSON, with the system calls of each step'
complete -c sharprun -n '__sharprun_at plan' -s h -l help -d 'show this help'

complete -c sharprun -n 'not __sharprun_at' -a spec -d 'write a config.json to begin with'
complete -c sharprun -n '__sharprun_at spec' -s b -l bundle -x -a '(__fish_complete_directories)' -d 'the bundle (default: the current directory)'
complete -c sharprun -n '__sharprun_at spec' -s f -l file -r -F -d 'the file to write, relative to the bundle (default: config.json)'
complete -c sharprun -n '__sharprun_at spec' -l rootless -d 'for a container that an ordinary user starts'
complete -c sharprun -n '__sharprun_at spec' -s h -l help -d 'show this help'

complete -c sharprun -n 'not __sharprun_at' -a features -d 'show what the runtime can do, as JSON'
complete -c sharprun -n '__sharprun_at features' -s h -l help -d 'show this help'

complete -c sharprun -n 'not __sharprun_at' -a help -d 'show this help, or that of a command'
complete -c sharprun -n '__sharprun_at help' -s h -l help -d 'show this help'
complete -c sharprun -n '__sharprun_at help 0' -a 'create start run exec state list ps ns kill delete pause resume update events top plan spec features help version'

complete -c sharprun -n 'not __sharprun_at' -a version -d 'show versions'
complete -c sharprun -n '__sharprun_at version' -s h -l help -d 'show this help'
