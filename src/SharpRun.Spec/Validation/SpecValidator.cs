namespace SharpRun.Spec.Validation;

/// <summary>Runs the rules that concern the document alone; what depends on the host is checked where the host is known.</summary>
internal static class SpecValidator
{
    /// <summary>Checks a <c>config.json</c> for create and run.</summary>
    internal static void Check(RuntimeSpec spec, RuleProblems problems)
    {
        VersionRules.Check(spec, problems);
        if (!ReferenceEquals(spec.Process, ProcessSpec.Absent))
        {
            ProcessRules.Check(spec.Process, "process", problems);
        }

        RootRules.Check(spec, problems);
        MountRules.Check(spec, problems);
        HookRules.Check(spec.Hooks, problems);
        NamespaceRules.Check(spec, problems);
        IdMapRules.CheckUserNamespace(spec.Linux, problems);
        SysctlRules.Check(spec, problems);
        DeviceRules.CheckNodes(spec.Linux.Devices, problems);
        NetDeviceRules.Check(spec.Linux, problems);
        SeccompRules.Check(spec.Linux.Seccomp, problems);
        MemoryPolicyRules.Check(spec.Linux.MemoryPolicy, problems);
        IntelRdtRules.Check(spec.Linux.IntelRdt, problems);
        if (spec.Linux.Resources is { } resources)
        {
            ResourceRules.Check(resources, "linux.resources", isUpdate: false, problems);
        }
    }

    /// <summary>Checks a <c>process</c> object on its own.</summary>
    internal static void CheckProcess(ProcessSpec process, RuleProblems problems) => ProcessRules.Check(process, "", problems);

    /// <summary>Checks a <c>linux.resources</c> object on its own.</summary>
    internal static void CheckResources(ResourcesSpec resources, RuleProblems problems) =>
        ResourceRules.Check(resources, "", isUpdate: true, problems);
}
