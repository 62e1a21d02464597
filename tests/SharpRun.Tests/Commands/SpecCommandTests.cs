using SharpRun.Commands;
using SharpRun.CommandLine;
using SharpRun.Linux;
using SharpRun.Output;
using SharpRun.Spec;
using Xunit;

namespace SharpRun.Tests.Commands;

/// <summary>What <c>spec</c> writes, and what it leaves alone.</summary>
public sealed class SpecCommandTests : IDisposable
{
    private readonly DirectoryInfo _bundle = Directory.CreateTempSubdirectory("sharprun-");

    private string ConfigPath => Path.Combine(_bundle.FullName, "config.json");

    /// <inheritdoc/>
    public void Dispose() => _bundle.Delete(recursive: true);

    [Fact]
    public void Run_EmptyBundle_WritesADocumentThatIsValid()
    {
        Assert.Equal(0, Run());

        byte[] document = File.ReadAllBytes(ConfigPath);
        Assert.Equal(DefaultSpec.Write(), document);
        Assert.Equal(["sh"], SpecReader.Read(document, "config.json").Process.Args);
    }

    [Fact]
    public void Run_Rootless_MapsTheCaller()
    {
        Assert.Equal(0, Run("--rootless"));

        RuntimeSpec spec = SpecReader.Read(File.ReadAllBytes(ConfigPath), "config.json");
        Assert.NotNull(spec.Linux.FindNamespace(NamespaceType.User));
        _ = Assert.Single(spec.Linux.UidMappings);
    }

    [Fact]
    public void Run_FileExists_IsRefusedAndKept()
    {
        File.WriteAllText(ConfigPath, "mine");

        UsageException error = Assert.Throws<UsageException>(() => Run());

        Assert.Equal("File config.json exists. Remove it first", error.Message);
        Assert.Equal("mine", File.ReadAllText(ConfigPath));
    }

    [Fact]
    public void Run_FileIsALink_IsRefusedAndNotFollowed()
    {
        string target = Path.Combine(_bundle.FullName, "elsewhere");
        _ = File.CreateSymbolicLink(ConfigPath, target);

        _ = Assert.Throws<UsageException>(() => Run());

        Assert.False(File.Exists(target));
    }

    [Fact]
    public void Run_BundleMissing_IsNamed()
    {
        LinuxException error = Assert.Throws<LinuxException>(() => Execute("--bundle", "/no/such/bundle"));

        Assert.Equal("open /no/such/bundle: ENOENT (no such file or directory)", error.Message);
    }

    [Fact]
    public void Run_Positional_IsRefused()
    {
        UsageException error = Assert.Throws<UsageException>(() => Run("extra"));

        Assert.Equal("sharprun: \"spec\" requires exactly 0 argument(s)", error.Message);
    }

    private int Run(params string[] args) => Execute(["--bundle", _bundle.FullName, .. args]);

    private int Execute(params string[] args) =>
        Program.Run(SpecCommand.Row, args, 0, new CommandContext(new GlobalOptions { Root = _bundle.FullName }, LogSink.Open(null, json: false)));
}
