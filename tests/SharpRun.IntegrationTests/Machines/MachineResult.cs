namespace SharpRun.IntegrationTests.Machines;

/// <summary>How a command ended, and what it wrote.</summary>
public sealed record MachineResult(int Status, string Output, string Error)
{
    /// <summary>The lines of standard output.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The result itself, when the command succeeded.</summary>
    public MachineResult Succeeded()
    {
        Assert.True(Status == 0, $"expected success: {this}");
        return this;
    }
}
