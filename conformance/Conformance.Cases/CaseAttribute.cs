using System.Runtime.CompilerServices;

namespace Conformance.Cases;

/// <summary>A case and the requirements that it checks, which stand in its displayed name.</summary>
/// <remarks>The report reads them from there, so that any test runner's results are enough to make it.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CaseAttribute : FactAttribute
{
    /// <summary>Names the requirements, separated by spaces, as in <c>requirements.tsv</c>.</summary>
    public CaseAttribute(string requirements, [CallerMemberName] string name = "")
    {
        Requirements = requirements;
        DisplayName = $"{name} [{requirements}]";
    }

    /// <summary>The requirements' names, separated by spaces.</summary>
    public string Requirements { get; }
}
