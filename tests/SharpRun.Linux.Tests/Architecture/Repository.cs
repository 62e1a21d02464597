namespace SharpRun.Linux.Tests.Architecture;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder of SharpRun.sln.</summary>
    internal static string Root { get; } = FindRoot();

    /// <summary>Source files below a folder of the repository, without what the build generates.</summary>
    internal static IEnumerable<string> SourceFiles(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Root, file).Split('/').Any(part => part is "obj" or "bin"))
            .Order(StringComparer.Ordinal);

    /// <summary>Path as the reader of a failure knows it.</summary>
    internal static string Relative(string file) => Path.GetRelativePath(Root, file);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SharpRun.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("no SharpRun.sln above " + AppContext.BaseDirectory);
    }
}
