namespace SharpRun.Spec;

/// <summary>The <c>hooks</c> object: six lists, each run in its order.</summary>
public sealed record HooksSpec
{
    /// <summary>Deprecated; run with the createRuntime hooks, before them.</summary>
    public IReadOnlyList<HookSpec> Prestart { get; init; } = [];

    /// <summary>Run by create in the runtime's namespaces, before pivot_root.</summary>
    public IReadOnlyList<HookSpec> CreateRuntime { get; init; } = [];

    /// <summary>Run by create in the container's namespaces, before pivot_root.</summary>
    public IReadOnlyList<HookSpec> CreateContainer { get; init; } = [];

    /// <summary>Run by start in the container, before the user's program.</summary>
    public IReadOnlyList<HookSpec> StartContainer { get; init; } = [];

    /// <summary>Run by start in the runtime's namespaces, after the user's program was started.</summary>
    public IReadOnlyList<HookSpec> Poststart { get; init; } = [];

    /// <summary>Run by delete in the runtime's namespaces, after everything is gone.</summary>
    public IReadOnlyList<HookSpec> Poststop { get; init; } = [];
}

/// <summary>One hook.</summary>
public sealed record HookSpec
{
    /// <summary>The absolute path of the program.</summary>
    public required string Path { get; init; }

    /// <summary>The argument vector with args[0]; empty means the path alone.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>The environment; null when absent, which is not the same as an empty one.</summary>
    public IReadOnlyList<string>? Env { get; init; }

    /// <summary>The time limit in seconds; null means none.</summary>
    public int? Timeout { get; init; }
}
