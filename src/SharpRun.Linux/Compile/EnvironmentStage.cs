using SharpRun.Linux.Plan;
using SharpRun.Spec;

namespace SharpRun.Linux.Compile;

/// <summary>The end of every plan: the program, its arguments, its environment.</summary>
internal static class EnvironmentStage
{
    /// <summary>Finds the program as the configured user would, before <c>create</c> returns.</summary>
    internal static void FindProgram(PlanBuilder plan, ProcessSpec process)
    {
        if (process.IsAbsent)
        {
            return;
        }

        LookUpHome(plan, process);
        _ = plan.From("process.args[0]").FindProgram(process.Args[0], Candidates(process));
    }

    /// <summary>The same for a hook, which is a path and not necessarily its own first argument.</summary>
    internal static void FindHook(PlanBuilder plan, ProcessSpec process, HookSpec hook)
    {
        if (hook.Env is null)
        {
            LookUpHome(plan, process);
        }

        _ = plan.From("hooks.startContainer").FindProgram(hook.Path, [hook.Path]);
    }

    /// <summary>Becomes the program; one that is absent is none that execve(2) would take, should anybody let the process go on.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="process">The arguments and the environment.</param>
    /// <param name="exactly">The environment is that and nothing else.</param>
    internal static void Execute(PlanBuilder plan, ProcessSpec process, bool exactly = false) =>
        _ = plan.From("process.args[0]").Execute(process.IsAbsent ? [""] : process.Args, exactly ? process.Env : Environment(process.Env));

    private static void LookUpHome(PlanBuilder plan, ProcessSpec process)
    {
        if (Value(process.Env, "HOME") is null or "")
        {
            _ = plan.From("process.user.uid").LookUpHome(process.User.Uid);
        }
    }

    private static List<string> Candidates(ProcessSpec process)
    {
        string program = process.Args[0];
        var candidates = new List<string>();
        if (program.Contains('/', StringComparison.Ordinal))
        {
            candidates.Add(program);
        }
        else if (program.Length > 0)
        {
            // A directory that is not absolute would be searched below the working directory, which the image chooses.
            foreach (string directory in (Value(process.Env, "PATH") ?? "").Split(':'))
            {
                if (directory.StartsWith('/'))
                {
                    candidates.Add(directory.EndsWith('/') ? directory + program : $"{directory}/{program}");
                }
            }
        }

        return candidates;
    }

    /// <summary>Of two entries with the same name the last one counts, at its own place; an empty HOME is none.</summary>
    private static List<string> Environment(IReadOnlyList<string> variables)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var kept = new List<string>(variables.Count);
        for (int i = variables.Count - 1; i >= 0; i--)
        {
            int equals = variables[i].IndexOf('=', StringComparison.Ordinal);
            string name = variables[i][..equals];
            if (names.Add(name) && !(name == "HOME" && equals == variables[i].Length - 1))
            {
                kept.Add(variables[i]);
            }
        }

        kept.Reverse();
        return kept;
    }

    private static string? Value(IReadOnlyList<string> variables, string name)
    {
        for (int i = variables.Count - 1; i >= 0; i--)
        {
            if (variables[i].Length > name.Length && variables[i][name.Length] == '=' && variables[i].StartsWith(name, StringComparison.Ordinal))
            {
                return variables[i][(name.Length + 1)..];
            }
        }

        return null;
    }
}
