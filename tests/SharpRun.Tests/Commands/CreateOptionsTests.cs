using SharpRun.CommandLine;
using SharpRun.Commands;
using SharpRun.Linux.Containers;
using Xunit;

namespace SharpRun.Tests.Commands;

/// <summary>The options of <c>create</c> and <c>run</c>: what becomes of them, and what is refused.</summary>
public sealed class CreateOptionsTests
{
    [Fact]
    public void From_IdAlone_HasTheDefaults()
    {
        CreateRequest request = From("box");

        Assert.Equal("box", request.Id);
        Assert.Equal(".", request.Bundle);
        Assert.Null(request.PidFile);
        Assert.True(request.NewKeyring);
    }

    [Fact]
    public void From_EverythingSupported_ArrivesInTheRequest()
    {
        CreateRequest request = From("--bundle", "/b", "--pid-file", "/p", "--no-new-keyring", "--preserve-fds", "0", "box");

        Assert.Equal(("box", "/b", "/p", false), (request.Id, request.Bundle, request.PidFile, request.NewKeyring));
    }

    [Theory]
    [InlineData("--console-socket=")]
    [InlineData("--pidfd-socket=")]
    [InlineData("--no-pivot=false")]
    [InlineData("--preserve-fds=0")]
    [InlineData("--pid-file=")]
    public void From_OptionSwitchedOff_IsAsIfNotGiven(string option) => Assert.Equal(From("box"), From(option, "box"));

    [Theory]
    [InlineData("--console-socket=/s", "--console-socket: not supported yet")]
    [InlineData("--pidfd-socket=/s", "--pidfd-socket: not supported yet")]
    [InlineData("--no-pivot", "--no-pivot: not supported yet")]
    [InlineData("--preserve-fds=1", "--preserve-fds: not supported yet")]
    [InlineData("--preserve-fds=x", "invalid value \"x\" for flag --preserve-fds: must be a number")]
    public void From_NotSupported_IsRefused(string option, string expected) =>
        Assert.Equal(expected, Assert.Throws<UsageException>(() => From(option, "box")).Message);

    private static CreateRequest From(params string[] args)
    {
        int position = 0;
        return CreateOptions.From(ArgReader.Read(args, CreateOptions.Table, stopAtFirst: false, ref position));
    }
}
