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
        Assert.Equal(new CallerChannels(), request.Channels);
        Assert.Null(request.ConfigFile);
        Assert.True(request.NewKeyring);
    }

    [Fact]
    public void From_EverythingSupported_ArrivesInTheRequest()
    {
        CreateRequest request = From(
            "--bundle", "/b", "--config", "/g", "--pid-file", "/p", "--no-new-keyring", "--no-pivot", "--preserve-fds", "2", "--console-socket", "/c", "--pidfd-socket=/f", "box");

        Assert.Equal(("box", "/b", "/g", false), (request.Id, request.Bundle, request.ConfigFile, request.NewKeyring));
        Assert.True(request.NoPivot);
        Assert.Equal(
            new CallerChannels { PidFile = "/p", ConsoleSocket = "/c", PidFdSocket = "/f", PassedDescriptors = 2 }, request.Channels);
    }

    [Theory]
    [InlineData("--console-socket=")]
    [InlineData("--pidfd-socket=")]
    [InlineData("--no-pivot=false")]
    [InlineData("--preserve-fds=0")]
    [InlineData("--pid-file=")]
    [InlineData("-f=")]
    public void From_OptionSwitchedOff_IsAsIfNotGiven(string option) => Assert.Equal(From("box"), From(option, "box"));

    [Theory]
    [InlineData("--preserve-fds=x", "invalid value \"x\" for flag --preserve-fds: must be a number")]
    public void From_NotANumber_IsRefused(string option, string expected) =>
        Assert.Equal(expected, Assert.Throws<UsageException>(() => From(option, "box")).Message);

    private static CreateRequest From(params string[] args)
    {
        int position = 0;
        return CreateOptions.From(ArgReader.Read(args, CreateOptions.Table, stopAtFirst: false, ref position), detach: false);
    }
}
