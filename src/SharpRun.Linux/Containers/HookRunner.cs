using System.Globalization;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Compile;
using SharpRun.Linux.Launch;
using SharpRun.Linux.Resctrl;
using SharpRun.Linux.Security;
using SharpRun.Linux.Syscalls;
using SharpRun.Spec;

namespace SharpRun.Linux.Containers;

/// <summary>The hooks of one container: which program, where, with what on its standard input; the operations say when.</summary>
internal sealed class HookRunner(RuntimeSpec spec, ContainerState state)
{
    private const string FailurePrefix = "unable to start container process: ";

    private readonly HooksSpec _hooks = spec.Hooks;

    /// <summary>Whether create has hooks to run, for which the first process waits with its mounts made.</summary>
    internal static bool InCreate(HooksSpec hooks) => hooks.Prestart.Count + hooks.CreateRuntime.Count + hooks.CreateContainer.Count > 0;

    /// <summary>Whether the program must not begin before hooks have run.</summary>
    internal static bool BeforeStart(HooksSpec hooks) => hooks.StartContainer.Count > 0;

    /// <summary>Those of create: in the runtime's namespaces, then in the container's, where the host's files are still to be seen.</summary>
    internal void Create(LaunchedProcess init)
    {
        byte[] seen = State(ContainerStatus.Creating, state.Pid);
        RunAll("prestart", _hooks.Prestart, FailurePrefix, hook => OnHost(hook, seen));
        RunAll("createRuntime", _hooks.CreateRuntime, FailurePrefix, hook => OnHost(hook, seen));
        if (_hooks.CreateContainer.Count > 0)
        {
            byte[] inside = State(ContainerStatus.Creating, Processes.InnermostPid(state.Pid));
            RunAll("createContainer", _hooks.CreateContainer, FailurePrefix + "error during container init: ", hook => InNamespaces(hook, inside, init.PidFd));
        }
    }

    /// <summary>In the container as its program will find it, and as its user.</summary>
    /// <exception cref="LinuxException">One has failed: the program must not begin.</exception>
    internal void StartContainer()
    {
        if (_hooks.StartContainer.Count == 0)
        {
            return;
        }

        using OwnedFd init = StatusProbe.TryOpenInit(state) ?? throw new LinuxException("cannot start a container that has stopped");
        byte[] inside = State(ContainerStatus.Created, Processes.InnermostPid(state.Pid));
        RunAll("startContainer", _hooks.StartContainer, FailurePrefix, hook => InContainer(hook, inside, init));
    }

    /// <summary>After the program has been let go.</summary>
    internal void Poststart()
    {
        if (_hooks.Poststart.Count > 0)
        {
            byte[] seen = State(ContainerStatus.Running, state.Pid);
            RunAll("poststart", _hooks.Poststart, "", hook => OnHost(hook, seen));
        }
    }

    /// <summary>After all of the container is gone: each is run, whatever became of the one before.</summary>
    internal void Poststop(Action<string> warn)
    {
        for (int i = 0; i < _hooks.Poststop.Count; i++)
        {
            byte[] seen = State(ContainerStatus.Stopped, 0);
            if (Failure(() => OnHost(_hooks.Poststop[i], seen)) is { } failure)
            {
                warn($"error running poststop hook #{Number(i)}: {failure}");
            }
        }
    }

    private static void RunAll(string kind, IReadOnlyList<HookSpec> hooks, string prefix, Func<HookSpec, string?> run)
    {
        for (int i = 0; i < hooks.Count; i++)
        {
            HookSpec hook = hooks[i];
            if (Failure(() => run(hook)) is { } failure)
            {
                throw new LinuxException($"{prefix}error running {kind} hook #{Number(i)}: {failure}");
            }
        }
    }

    private static string? Failure(Func<string?> run)
    {
        try
        {
            return run();
        }
        catch (LinuxException error)
        {
            return error.Message;
        }
    }

    /// <summary>In the bundle's directory; without an environment of its own it has the runtime's.</summary>
    private string? OnHost(HookSpec hook, byte[] seen)
    {
        HostProgram program = Program(hook, state.Bundle, hook.Env ?? SelfProtection.CallerEnvironment());
        return Run(hook, new LaunchRequest { Plan = HostProgramPlan.OnHost(program), Started = static _ => { }, FailurePrefix = "" }, Launcher.Launch, seen);
    }

    /// <summary>In the root filesystem's directory; without an environment of its own it has none, as nothing of the caller's is the container's.</summary>
    private string? InNamespaces(HookSpec hook, byte[] seen, OwnedFd init)
    {
        HostProgram program = Program(hook, state.Rootfs, hook.Env ?? []);
        return Run(hook, Joining(Plan(attach: false), init), request => ExecOperation.Launch(request, state, null, () => Plan(attach: true)), seen);

        Plan.LaunchPlan Plan(bool attach) => HostProgramPlan.InNamespaces(program, spec.Linux, attach);
    }

    /// <summary>As another process of the container; without an environment of its own it has that of the container's program.</summary>
    private string? InContainer(HookSpec hook, byte[] seen, OwnedFd init)
    {
        ProcessSpec process = spec.Process with { Args = Arguments(hook), Env = hook.Env ?? spec.Process.Env, Terminal = false, ConsoleSize = null };

        var supervisor = new SeccompSupervisor(spec.Linux.Seccomp, () => StateReport.Of(state, ContainerStatus.Created));

        ResctrlGroup? resctrl = ResctrlGroup.Of(spec.Linux, state.Id);

        // Its input is root's and stays so; it may own the pipes that it writes to.
        var pipe = new StandardStream(IsNull: false, FileAbi.O_WRONLY, IsOurs: true, Processes.EffectiveUser);
        HostFacts facts = HostProbe.GatherFor(process, state, spec) with { Streams = [default, pipe, pipe] };
        return Run(
            hook,
            Joining(Plan(attach: false), init) with
            {
                Started = launched => resctrl?.Attach(launched.Pid),
                SetLimits = launched => NamespacePreparation.SetLimits(process, launched),
                ListenerMade = supervisor.Take,
            },
            request => ExecOperation.Launch(request, state, null, () => Plan(attach: true)),
            seen);

        Plan.LaunchPlan Plan(bool attach) =>
            ExecPlan.Compile(spec, process, facts, new InitOptions { Hook = hook, AttachToCgroup = attach, Keyring = state.Keyring });
    }

    private static LaunchRequest Joining(Plan.LaunchPlan plan, OwnedFd init) => new()
    {
        Plan = plan,
        Container = init,
        Started = static _ => { },
        FailurePrefix = "",
    };

    /// <summary>Answers what went wrong; null when nothing did.</summary>
    private static string? Run(HookSpec hook, LaunchRequest request, Func<LaunchRequest, LaunchedProcess> launch, byte[] seen)
    {
        ProgramEnd end = ProgramRun.Run(request, launch, seen, hook.Timeout);
        return end.TimedOut ? $"hook ran past specified timeout of {Number(hook.Timeout ?? 0)}.0s"
            : end.Exit is { Signal: 0, Status: 0 } ? null
            : $"{Words(end.Exit)}, stdout: {end.Output.TrimEnd('\n')}, stderr: {end.Error.TrimEnd('\n')}";
    }

    /// <summary>How a program ended, in words.</summary>
    internal static string Words(ExitInfo exit) =>
        exit.Signal == 0 ? "exit status " + Number(exit.Status) : "signal: " + SignalName.Of(exit.Signal);

    private static HostProgram Program(HookSpec hook, string directory, IReadOnlyList<string> environment) => new()
    {
        Candidates = [hook.Path],
        Arguments = Arguments(hook),
        Environment = environment,
        Directory = directory,
    };

    private static IReadOnlyList<string> Arguments(HookSpec hook) => hook.Args.Count > 0 ? hook.Args : [hook.Path];

    private byte[] State(ContainerStatus status, int pid) => (StateReport.Of(state, status) with { Pid = pid }).ToJson();

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
