namespace SharpRun.Docs;

/// <summary>Writes every generated page below the folder of the repository.</summary>
internal static class Program
{
    internal static int Main(string[] args)
    {
        if (args is not [var root])
        {
            Console.Error.WriteLine("usage: SharpRun.Docs REPOSITORY");
            return 2;
        }

        foreach ((string path, string content) in GeneratedFiles.All())
        {
            string file = Path.Combine(root, path);
            _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, content);
            Console.WriteLine(path);
        }

        return 0;
    }
}
