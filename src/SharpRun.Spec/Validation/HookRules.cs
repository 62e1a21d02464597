namespace SharpRun.Spec.Validation;

/// <summary>The hooks.</summary>
internal static class HookRules
{
    internal static void Check(HooksSpec hooks, RuleProblems problems)
    {
        CheckList(hooks.Prestart, "hooks.prestart", problems);
        CheckList(hooks.CreateRuntime, "hooks.createRuntime", problems);
        CheckList(hooks.CreateContainer, "hooks.createContainer", problems);
        CheckList(hooks.StartContainer, "hooks.startContainer", problems);
        CheckList(hooks.Poststart, "hooks.poststart", problems);
        CheckList(hooks.Poststop, "hooks.poststop", problems);
    }

    private static void CheckList(IReadOnlyList<HookSpec> hooks, string at, RuleProblems problems)
    {
        for (int i = 0; i < hooks.Count; i++)
        {
            if (!hooks[i].Path.StartsWith('/'))
            {
                problems.Add($"{at}[{i}].path", "must be an absolute path");
            }

            PathLimits.Check(hooks[i].Path, $"{at}[{i}].path", problems);
            PathLimits.CheckArguments(hooks[i].Args, $"{at}[{i}].args", problems);
            PathLimits.CheckArguments(hooks[i].Env ?? [], $"{at}[{i}].env", problems);
        }
    }
}
