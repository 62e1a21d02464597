using SharpRun.CommandLine;
using Xunit;

namespace SharpRun.Tests.CommandLine;

/// <summary>What each form of a command line means, and the exact words of every mistake.</summary>
public sealed class ArgReaderTests
{
    private static readonly Option[] s_options =
    [
        new("bundle", "b", "DIR", ""),
        new("keep", null, null, ""),
        new("detach", "d", null, ""),
    ];

    [Theory]
    [InlineData("", "")]
    [InlineData("id", "id")]
    [InlineData("--bundle dir id", "bundle=dir id")]
    [InlineData("--bundle=dir id", "bundle=dir id")]
    [InlineData("-bundle dir id", "bundle=dir id")]
    [InlineData("-bundle=dir id", "bundle=dir id")]
    [InlineData("-b dir id", "bundle=dir id")]
    [InlineData("-b=dir id", "bundle=dir id")]
    [InlineData("--b dir id", "bundle=dir id")]
    [InlineData("--bundle a=b id", "bundle=a=b id")]
    [InlineData("--bundle=a=b id", "bundle=a=b id")]
    [InlineData("--bundle= id", "bundle= id")]
    [InlineData("--bundle --keep id", "bundle=--keep id")]
    [InlineData("--bundle -- id", "bundle=-- id")]
    [InlineData("--bundle one --bundle two id", "bundle=two id")]
    [InlineData("--keep id", "keep=true id")]
    [InlineData("-keep id", "keep=true id")]
    [InlineData("--keep=true id", "keep=true id")]
    [InlineData("--keep=1 id", "keep=true id")]
    [InlineData("--keep=T id", "keep=true id")]
    [InlineData("--keep=false id", "keep=false id")]
    [InlineData("--keep=0 id", "keep=false id")]
    [InlineData("--keep --keep=false id", "keep=false id")]
    [InlineData("--keep false", "keep=true false")]
    [InlineData("-d --keep -b dir id", "bundle=dir keep=true detach=true id")]
    [InlineData("- id", "- id")]
    [InlineData("-- --keep id", "--keep id", 1)]
    [InlineData("id -- --keep", "id --keep", 2)]
    public void Read_EveryForm(string line, string expected, int ended = -1)
    {
        string[] args = Words(line);
        int position = 0;

        Arguments arguments = ArgReader.Read(args, s_options, stopAtFirst: false, ref position);

        Assert.Equal(ended < 0 ? args.Length : ended, position);
        Assert.Equal(expected, Text(arguments, args[position..]));
    }

    [Theory]
    [InlineData("id --keep", "keep=true id")]
    [InlineData("one -b dir two --detach=false", "bundle=dir detach=false one two")]
    public void Read_OptionsBehindTheFirstPositional_AreOptions(string line, string expected)
    {
        int position = 0;

        Arguments arguments = ArgReader.Read(Words(line), s_options, stopAtFirst: false, ref position);

        Assert.Equal(expected, Text(arguments, []));
    }

    [Theory]
    [InlineData("--keep id --detach -x", "keep=true id --detach -x", 1)]
    [InlineData("--bundle dir id --nonsense", "bundle=dir id --nonsense", 2)]
    [InlineData("id -- ls", "id -- ls", 0)]
    [InlineData("-- --keep", "--keep", 1)]
    [InlineData("- --keep", "- --keep", 0)]
    public void Read_StopAtFirst_LeavesTheRestAsItIs(string line, string expected, int ended)
    {
        string[] args = Words(line);
        int position = 0;

        Arguments arguments = ArgReader.Read(args, s_options, stopAtFirst: true, ref position);

        Assert.Equal(ended, position);
        Assert.Empty(arguments.Positional);
        Assert.Equal(expected, Text(arguments, args[position..]));
    }

    [Fact]
    public void Read_FromAPosition_ReadsNothingBefore()
    {
        int position = 2;

        Arguments arguments = ArgReader.Read(["--nonsense", "run", "--keep", "id"], s_options, stopAtFirst: true, ref position);

        Assert.True(arguments.Has("keep"));
        Assert.Equal(3, position);
    }

    [Theory]
    [InlineData("--nonsense id", "flag provided but not defined: -nonsense")]
    [InlineData("-nonsense=1 id", "flag provided but not defined: -nonsense")]
    [InlineData("-x", "flag provided but not defined: -x")]
    [InlineData("-bdir", "flag provided but not defined: -bdir")]
    [InlineData("---keep", "flag provided but not defined: --keep")]
    [InlineData("--=x", "flag provided but not defined: -")]
    [InlineData("--Keep", "flag provided but not defined: -Keep")]
    [InlineData("--kee", "flag provided but not defined: -kee")]
    [InlineData("id --nonsense", "flag provided but not defined: -nonsense")]
    [InlineData("--bundle", "flag needs an argument: --bundle")]
    [InlineData("--keep -b", "flag needs an argument: --bundle")]
    [InlineData("--keep=", "invalid boolean value \"\" for flag --keep")]
    [InlineData("--keep=maybe", "invalid boolean value \"maybe\" for flag --keep")]
    [InlineData("-d=2", "invalid boolean value \"2\" for flag --detach")]
    public void Read_Mistake_IsNamed(string line, string expected)
    {
        int position = 0;

        UsageException error = Assert.Throws<UsageException>(() => ArgReader.Read(Words(line), s_options, stopAtFirst: false, ref position));

        Assert.Equal((expected, "Incorrect Usage: " + expected), (error.Message, error.Headline));
    }

    [Fact]
    public void Values_OptionRepeated_AreAllOfThemInOrder()
    {
        int position = 0;

        Arguments arguments = ArgReader.Read(Words("-b one --keep --bundle=two,three id -bundle one"), s_options, stopAtFirst: false, ref position);

        Assert.Equal(["one", "two,three", "one"], arguments.Values("bundle"));
        Assert.Equal("one", arguments.Value("bundle"));
        Assert.Empty(arguments.Values("detach"));
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("0", 0)]
    [InlineData("3", 3)]
    [InlineData("2147483647", int.MaxValue)]
    public void Count_Number(string? value, int expected)
    {
        var arguments = new Arguments();
        if (value is not null)
        {
            arguments.Set("n", value);
        }

        Assert.Equal(expected, arguments.Count("n"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1.0")]
    [InlineData("0x10")]
    [InlineData("2147483648")]
    [InlineData("three")]
    public void Count_NotANumber_IsRefused(string value)
    {
        var arguments = new Arguments();
        arguments.Set("n", value);

        UsageException error = Assert.Throws<UsageException>(() => arguments.Count("n"));

        Assert.Equal($"invalid value \"{value}\" for flag --n: must be a number", error.Message);
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Text(Arguments arguments, string[] rest)
    {
        IEnumerable<string> options = s_options.Where(option => arguments.Value(option.Name) is not null)
            .Select(option => $"{option.Name}={arguments.Value(option.Name)}");
        return string.Join(' ', [.. options, .. arguments.Positional, .. rest]);
    }
}
