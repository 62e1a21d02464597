using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using SharpRun.Linux.Syscalls;
using Xunit;

namespace SharpRun.Linux.Tests.Syscalls;

/// <summary>Messages of rtnetlink(7), byte by byte.</summary>
public class NetDeviceMessageTests
{
    // Length, type, flags, sequence, port; family, pad, type, index, flags, change.
    private const string Address =
        "58000000 1400 0605 00000000 00000000" // nlmsghdr
        + "02 18 00 00 07000000" // ifaddrmsg
        + "0800 0100 0A010203 0800 0200 0A010203 0800 0400 0A0102FF 0900 0300 6574683000 000000 0800 0800 80020000 1400 0600 FFFFFFFF FFFFFFFF 00000000 00000000";

    [Fact]
    public void Move_NamespaceAndNameInOneMessage() => Assert.Equal(
        Bytes("34000000 1000 0500 00000000 00000000  00 00 0000 07000000 00000000 00000000  0800 1C00 09000000  0900 0300 6E65743000 000000"),
        NetDeviceMessage.Move(7, 9, "net0"));

    [Fact]
    public void BringUp_ChangesNothingElse() => Assert.Equal(
        Bytes("20000000 1000 0500 00000000 00000000  00 00 0000 07000000 01000000 01000000"),
        NetDeviceMessage.BringUp(7));

    [Fact]
    public void Find_ByName() => Assert.Equal(
        Bytes("2C000000 1200 0100 00000000 00000000  00 00 0000 00000000 00000000 00000000  0900 0300 6574683000 000000"),
        NetDeviceMessage.Find("eth0"));

    [Fact]
    public void ListAddresses_OfAllDevices() => Assert.Equal(
        Bytes("18000000 1600 0103 00000000 00000000  00 00 00 00 00000000"), NetDeviceMessage.ListAddresses());

    /// <summary>The label is the old name's and the lifetime is for ever; of the flags only what it does stays, not in what state it is.</summary>
    [Fact]
    public void Read_PermanentGlobalAddress_IsKeptAndGivenAgain()
    {
        NetAddress address = NetAddress.Read(Bytes(Address), 7)!;

        Assert.Equal((2, 24), (address.Family, address.PrefixLength));
        Assert.Equal(
            Bytes("38000000 1400 0506 00000000 00000000  02 18 00 00 00000000  0800 0100 0A010203 0800 0200 0A010203 0800 0400 0A0102FF 0800 0800 00020000"),
            NetDeviceMessage.AddAddress(0, address));
    }

    [Theory]
    [InlineData("another device", 20, "08")]
    [InlineData("a link's own", 19, "FD")]
    [InlineData("one that expires", 64, "00")]
    public void Read_OtherAddresses_AreNotKept(string what, int offset, string value)
    {
        byte[] message = Bytes(Address);
        message[offset] = Bytes(value)[0];

        Assert.True(NetAddress.Read(message, 7) is null, what);
    }

    [Fact]
    public void Read_AttributeLongerThanTheMessage_IsTheEnd()
    {
        byte[] message = Bytes(Address);
        message[24] = 0xFF;

        Assert.Null(NetAddress.Read(message, 7));
    }

    [Fact]
    public void Plan_SaysWhatIsSent()
    {
        NetAddress address = NetAddress.Read(Bytes(Address), 7)!;
        PlanBuilder plan = new();
        _ = plan.From("linux.netDevices.eth0").ChangeNetDevice("net0", NetDeviceMessage.AddAddress(0, address)).ChangeNetDevice("net0", NetDeviceMessage.BringUp(0))
            .FindProgram("x", ["/x"]).Execute(["x"], []);

        string text = PlanPrinter.ToText(plan.Build());

        Assert.Contains("sendto(rtnetlink, RTM_NEWADDR of \"net0\")  # linux.netDevices.eth0", text, StringComparison.Ordinal);
        Assert.Contains("sendto(rtnetlink, RTM_NEWLINK of \"net0\")  # linux.netDevices.eth0", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a-name-of-16-byt", 32)]
    [InlineData("eth0", 20)]
    [InlineData("eth0", 1028)]
    public void Plan_WhatDoesNotFit_IsRefused(string name, int length) => Assert.Throws<LinuxException>(
        () => new PlanBuilder().ChangeNetDevice(name, new byte[length]).FindProgram("x", ["/x"]).Execute(["x"], []).Build());

    [Fact]
    public void NetDevices_OfThisProcess_AreFound()
    {
        using var devices = new NetDevices();

        Assert.Equal((Errno)0, devices.TryFind("lo", out NetDeviceFound found));
        Assert.NotEqual(0u, found.Flags & (uint)SocketAbi.IFF_LOOPBACK);
        Assert.Empty(devices.Addresses(found.Index));
        Assert.Equal(Errno.ENODEV, devices.TryFind("no-such-device", out _));
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
