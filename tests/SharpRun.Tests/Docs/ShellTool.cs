using System.Diagnostics;
using Xunit;

namespace SharpRun.Tests.Docs;

/// <summary>A program of the machine that judges a generated file.</summary>
internal static class ShellTool
{
    /// <summary>The folder of SharpRun.sln.</summary>
    internal static string Repository { get; } = FindRepository();

    /// <summary>Whether a program is installed.</summary>
    internal static bool Exists(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, name)));

    /// <summary>What a program prints, on both streams; it runs in the repository.</summary>
    internal static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Repository, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
        process.WaitForExit();
        return output;
    }

    private static string FindRepository()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SharpRun.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("no SharpRun.sln above " + AppContext.BaseDirectory);
        }

        return folder.FullName;
    }
}

/// <summary>A test that needs a program of the machine; eng/deps.sh installs it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ShellToolFactAttribute : FactAttribute
{
    public ShellToolFactAttribute(string program) => Skip = ShellTool.Exists(program) ? null : $"{program} is not installed";
}

/// <summary>Tests that need a program of the machine.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ShellToolTheoryAttribute : TheoryAttribute
{
    public ShellToolTheoryAttribute(string program) => Skip = ShellTool.Exists(program) ? null : $"{program} is not installed";
}
