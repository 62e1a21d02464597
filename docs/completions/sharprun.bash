# bash completion for sharprun. Made by make docs from the table of commands.

# What is known about a command: its options, those with a value, what the values are, what follows the options.
_sharprun_table() {
    positional='' stops=''
    case $1 in
        '')
            options='--root --log --log-format --log-level --debug --cgroup-manager --systemd-cgroup --rootless --criu -h --help -v --version'
            valued=' --root --log --log-format --log-level --cgroup-manager --rootless --criu '
            values=' --root:DIR; --log:FILE; --log-format:text json; --log-level:error warning debug; --cgroup-manager:cgroupfs systemd disabled; --rootless:true false auto; --criu:;'
            ;;
        create)
            options='-b --bundle -f --config --console-socket --pidfd-socket --pid-file --join --no-pivot --no-new-keyring --preserve-fds -d --detach -h --help'
            valued=' -b --bundle -f --config --console-socket --pidfd-socket --pid-file --join --preserve-fds '
            values=' -b:DIR; --bundle:DIR; -f:FILE; --config:FILE; --console-socket:FILE; --pidfd-socket:FILE; --pid-file:FILE; --join:; --preserve-fds:;'
            positional='new' stops=
            ;;
        start)
            options='-h --help'
            valued='  '
            values=' '
            positional='container' stops=
            ;;
        run)
            options='-b --bundle -f --config --console-socket --pidfd-socket --pid-file --join --no-pivot --no-new-keyring --preserve-fds -d --detach --keep --no-subreaper -h --help'
            valued=' -b --bundle -f --config --console-socket --pidfd-socket --pid-file --join --preserve-fds '
            values=' -b:DIR; --bundle:DIR; -f:FILE; --config:FILE; --console-socket:FILE; --pidfd-socket:FILE; --pid-file:FILE; --join:; --preserve-fds:;'
            positional='new' stops=
            ;;
        exec)
            options='-p --process -t --tty -u --user -g --additional-gids --cwd -e --env -c --cap --no-new-privs --apparmor --process-label -d --detach --console-socket --pidfd-socket --pid-file --preserve-fds --cgroup --ignore-paused -h --help'
            valued=' -p --process -u --user -g --additional-gids --cwd -e --env -c --cap --apparmor --process-label --console-socket --pidfd-socket --pid-file --preserve-fds --cgroup '
            values=' -p:FILE; --process:FILE; -u:; --user:; -g:; --additional-gids:; --cwd:DIR; -e:; --env:; -c:; --cap:; --apparmor:; --process-label:; --console-socket:FILE; --pidfd-socket:FILE; --pid-file:FILE; --preserve-fds:; --cgroup:;'
            positional='container program...' stops=yes
            ;;
        state)
            options='-h --help'
            valued='  '
            values=' '
            positional='container' stops=
            ;;
        list)
            options='-f --format -q --quiet -h --help'
            valued=' -f --format '
            values=' -f:table json; --format:table json;'
            positional='' stops=
            ;;
        ps)
            options='-f --format -h --help'
            valued=' -f --format '
            values=' -f:table json; --format:table json;'
            positional='container' stops=yes
            ;;
        ns)
            options='--json --svg -h --help'
            valued=' --svg '
            values=' --svg:FILE;'
            positional='container...' stops=
            ;;
        kill)
            options='-a --all -r --regex -h --help'
            valued='  '
            values=' '
            positional='container signal' stops=yes
            ;;
        delete)
            options='-f --force -r --regex -h --help'
            valued='  '
            values=' '
            positional='container' stops=
            ;;
        pause)
            options='-h --help'
            valued='  '
            values=' '
            positional='container' stops=
            ;;
        resume)
            options='-h --help'
            valued='  '
            values=' '
            positional='container' stops=
            ;;
        update)
            options='-r --resources --memory --memory-reservation --memory-swap --cpu-quota --cpu-period --cpu-burst --cpu-share --cpu-idle --cpuset-cpus --cpuset-mems --pids-limit --blkio-weight --dry-run --json --kernel-memory --kernel-memory-tcp --cpu-rt-period --cpu-rt-runtime --l3-cache-schema --mem-bw-schema -h --help'
            valued=' -r --resources --memory --memory-reservation --memory-swap --cpu-quota --cpu-period --cpu-burst --cpu-share --cpu-idle --cpuset-cpus --cpuset-mems --pids-limit --blkio-weight --kernel-memory --kernel-memory-tcp --cpu-rt-period --cpu-rt-runtime --l3-cache-schema --mem-bw-schema '
            values=' -r:FILE; --resources:FILE; --memory:; --memory-reservation:; --memory-swap:; --cpu-quota:; --cpu-period:; --cpu-burst:; --cpu-share:; --cpu-idle:0 1; --cpuset-cpus:; --cpuset-mems:; --pids-limit:; --blkio-weight:; --kernel-memory:; --kernel-memory-tcp:; --cpu-rt-period:; --cpu-rt-runtime:; --l3-cache-schema:; --mem-bw-schema:;'
            positional='container' stops=
            ;;
        events)
            options='--interval --stats -h --help'
            valued=' --interval '
            values=' --interval:;'
            positional='container' stops=
            ;;
        top)
            options='--interval --no-stream --json --sort -h --help'
            valued=' --interval --sort '
            values=' --interval:; --sort:id cpu memory pids io;'
            positional='container...' stops=
            ;;
        plan)
            options='-b --bundle -f --config --join --json -h --help'
            valued=' -b --bundle -f --config --join '
            values=' -b:DIR; --bundle:DIR; -f:FILE; --config:FILE; --join:;'
            positional='' stops=
            ;;
        spec)
            options='-b --bundle -f --file --rootless -h --help'
            valued=' -b --bundle -f --file '
            values=' -b:DIR; --bundle:DIR; -f:FILE; --file:FILE;'
            positional='' stops=
            ;;
        features)
            options='-h --help'
            valued='  '
            values=' '
            positional='' stops=
            ;;
        help)
            options='-h --help'
            valued='  '
            values=' '
            positional='command' stops=
            ;;
        version)
            options='-h --help'
            valued='  '
            values=' '
            positional='' stops=
            ;;
    esac
}

_sharprun() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local command='' root='' position=0 word i options valued values positional stops
    COMPREPLY=()

    # Bash splits --option=value in three.
    if [[ $current == '=' ]]; then
        current=''
    elif [[ $previous == '=' ]]; then
        previous=${COMP_WORDS[COMP_CWORD - 2]}
    fi

    _sharprun_table ''
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $valued == *" $word "* ]]; then
            [[ ${COMP_WORDS[i + 1]} == '=' ]] && ((i++))
            ((i++))
            [[ -z $command && $word == --root && $i -lt $COMP_CWORD ]] && root=${COMP_WORDS[i]}
        elif [[ $word == -* ]]; then
            [[ ${COMP_WORDS[i + 1]} == '=' ]] && ((i += 2))
        elif [[ -z $command ]]; then
            command=$word
            _sharprun_table "$command"
        else
            ((++position))
            # From here on it is another program's command line.
            [[ -n $stops ]] && valued=''
        fi
    done

    if [[ $valued == *" $previous "* ]]; then
        word=${values#*" $previous:"}
        word=${word%%;*}
        case $word in
            FILE) mapfile -t COMPREPLY < <(compgen -f -- "$current"); compopt -o filenames 2>/dev/null ;;
            DIR) mapfile -t COMPREPLY < <(compgen -d -- "$current"); compopt -o filenames 2>/dev/null ;;
            *) mapfile -t COMPREPLY < <(compgen -W "$word" -- "$current") ;;
        esac
    elif [[ $current == -* && ( $position -eq 0 || -z $stops ) ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    elif [[ -z $command ]]; then
        mapfile -t COMPREPLY < <(compgen -W 'create start run exec state list ps ns kill delete pause resume update events top plan spec features help version' -- "$current")
    else
        # What the positional arguments are, one after the other; of the last kind there may be any number.
        local -a kinds
        read -ra kinds <<<"$positional"
        word=${kinds[position]:-}
        [[ -z $word && $positional == *... ]] && word=${kinds[-1]}
        case $word in
            container | container...) mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" ${root:+--root "$root"} list --quiet 2>/dev/null)" -- "$current") ;;
            signal) mapfile -t COMPREPLY < <(compgen -W 'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM CHLD CONT STOP TSTP TTIN TTOU WINCH' -- "$current") ;;
            command) mapfile -t COMPREPLY < <(compgen -W 'create start run exec state list ps ns kill delete pause resume update events top plan spec features help version' -- "$current") ;;
            program...) mapfile -t COMPREPLY < <(compgen -f -- "$current"); compopt -o filenames 2>/dev/null ;;
        esac
    fi
}

complete -F _sharprun sharprun
