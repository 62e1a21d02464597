using SharpRun.Linux.Systemd;
using Xunit;

namespace SharpRun.Linux.Tests.Systemd;

/// <summary>Bytes of the D-Bus specification, in both directions, and messages that are none.</summary>
public sealed class DBusMarshallingTests
{
    // One call, written out by hand: the fixed part, the fields (path, interface, member, signature), the body.
    private const string Call =
        "6C010001" + "08000000" + "07000000" + "37000000"
        + "01016F00" + "02000000" + "2F6100" + "0000000000"
        + "02017300" + "03000000" + "692E6A00" + "00000000"
        + "03017300" + "01000000" + "4D00" + "000000000000"
        + "08016700" + "017300" + "00";

    [Theory]
    [InlineData("MemoryMax", 67108864UL, "2000000000000000" + "09000000" + "4D656D6F72794D617800" + "017400" + "00000000000000" + "0000000400000000")]
    [InlineData("Delegate", true, "1400000000000000" + "08000000" + "44656C656761746500" + "016200" + "01000000")]
    [InlineData("Abc", "de", "1300000000000000" + "03000000" + "41626300" + "017300" + "00" + "02000000" + "646500")]
    [InlineData("Abc", (byte)5, "0C00000000000000" + "03000000" + "41626300" + "017900" + "05")]
    [InlineData("Abc", -2, "1000000000000000" + "03000000" + "41626300" + "016900" + "00" + "FEFFFFFF")]
    [InlineData("Abc", 0.5, "1800000000000000" + "03000000" + "41626300" + "016400" + "0000000000" + "000000000000E03F")]
    public void Property_Value_IsTheGoldenBytes(string name, object value, string expected) => Assert.Equal(expected, Written(new UnitProperty(name, value)));

    [Fact]
    public void Property_Arrays_AreTheGoldenBytes()
    {
        Assert.Equal("1300000000000000" + "03000000" + "41626300" + "02617900" + "03000000" + "010203", Written(new("Abc", (byte[])[1, 2, 3])));
        Assert.Equal("1400000000000000" + "03000000" + "41626300" + "02617500" + "04000000" + "2A000000", Written(new("Abc", (uint[])[42])));
        Assert.Equal("1700000000000000" + "03000000" + "41626300" + "02617300" + "07000000" + "02000000" + "646500", Written(new("Abc", (string[])["de"])));
        Assert.Equal(
            "2700000000000000" + "03000000" + "41626300" + "0561287373" + "2900" + "00" + "0F000000" + "00000000" + "02000000" + "2F6400" + "00" + "02000000" + "727700",
            Written(new("Abc", ((string, string)[])[("/d", "rw")])));
        Assert.Equal(
            "2800000000000000" + "03000000" + "41626300" + "0561287374" + "2900" + "00" + "10000000" + "00000000" + "02000000" + "2F6400" + "00" + "0900000000000000",
            Written(new("Abc", ((string, ulong)[])[("/d", 9UL)])));
    }

    [Fact]
    public void Array_WithoutElements_IsPaddedAllTheSame()
    {
        var writer = new DBusWriter();
        writer.EndArray(writer.BeginArray(8));
        writer.Byte(1);

        Assert.Equal("000000000000000001", Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void Message_Written_IsTheGoldenBytes()
    {
        byte[] bytes = Sample().ToBytes(7);

        Assert.Equal(Call, Convert.ToHexString(bytes.AsSpan(0, Call.Length / 2)));
        Assert.Equal("0300000068690A00", Convert.ToHexString(bytes.AsSpan(bytes.Length - 8)));
        Assert.Equal(bytes.Length, DBusMessage.LengthOf(bytes));
    }

    [Fact]
    public void Message_Read_IsWhatWasWritten()
    {
        DBusMessage sample = Sample() with { Destination = "x.y", ErrorName = "e.f", ReplySerial = 9 };

        DBusMessage read = DBusMessage.Read(sample.ToBytes(7));

        Assert.Equal(Convert.ToHexString(sample.Body), Convert.ToHexString(read.Body));
        Assert.Equal(sample, read with { Body = sample.Body });
    }

    [Fact]
    public void Message_UnknownField_IsPassedOver()
    {
        var writer = new DBusWriter();
        writer.Raw(Convert.FromHexString("6C02000100000000" + "01000000"));
        (int, int) fields = writer.BeginArray(8);
        writer.Struct();
        writer.Byte(42);
        writer.Variant(((string, ulong)[])[("a", 1), ("b", 2)]);
        writer.Struct();
        writer.Byte(43);
        writer.Variant(Array.Empty<(string, string)>());
        writer.Struct();
        writer.Byte(5);
        writer.Variant(77u);
        writer.EndArray(fields);
        writer.Struct();

        Assert.Equal(77u, DBusMessage.Read(writer.Written).ReplySerial);
    }

    [Fact]
    public void Message_CutAnywhere_IsRefused()
    {
        byte[] whole = Sample().ToBytes(7);
        for (int length = 0; length < whole.Length; length++)
        {
            _ = Assert.Throws<LinuxException>(() => DBusMessage.Read(whole.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Message_AnyByteChanged_IsReadOrRefused()
    {
        byte[] whole = (Sample() with { ReplySerial = 3, ErrorName = "e" }).ToBytes(7);
        foreach (byte value in (byte[])[0, 1, 0x28, 0x61, 0x76, 0x7F, 0xFF])
        {
            for (int at = 0; at < whole.Length; at++)
            {
                byte[] broken = [.. whole];
                broken[at] = value;
                try
                {
                    _ = DBusMessage.Read(broken).ErrorText;
                }
                catch (LinuxException error)
                {
                    Assert.StartsWith("D-Bus: malformed message: ", error.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    [Theory]
    [InlineData("6C010001" + "FFFFFFFF" + "01000000" + "00000000", "4294967311 bytes")]
    [InlineData("6C010001" + "00000000" + "01000000" + "FFFFFFFF", "4294967312 bytes")]
    [InlineData("42010001" + "00000000" + "00000001" + "00000000", "of a machine with another byte order")]
    [InlineData("6C010002" + "00000000" + "01000000" + "00000000", "no D-Bus message")]
    [InlineData("48545450" + "2F312E31" + "20343030" + "20426164", "no D-Bus message")]
    public void Header_Nonsense_IsRefused(string header, string expected)
    {
        LinuxException error = Assert.Throws<LinuxException>(() => DBusMessage.LengthOf(Convert.FromHexString(header)));

        Assert.Equal("D-Bus: malformed message: " + expected, error.Message);
    }

    [Theory]
    [InlineData("s", "FFFFFFFF6100", "a text that is longer than the message")]
    [InlineData("s", "020000006162", "a text that is longer than the message")]
    [InlineData("s", "0100000061FF", "a text without an end")]
    [InlineData("as", "FFFFFF7F", "an array that is longer than the message")]
    [InlineData("au", "0500000001000000" + "02000000", "an array that ends inside an element")]
    [InlineData("t", "00000000", "it ends too early")]
    [InlineData("v", "026175" + "00", "it ends too early")]
    [InlineData("k", "00", "the type \"k\"")]
    [InlineData("a", "00000000", "the type \"a\"")]
    [InlineData("uu", "0000000000000000", "the type \"uu\"")]
    [InlineData("(u", "0000000000000000", "the type \"(u\"")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaau", "FF", "it ends too early")]
    public void Value_Nonsense_IsRefused(string signature, string bytes, string expected)
    {
        LinuxException error = Assert.Throws<LinuxException>(() =>
        {
            var reader = new DBusReader(Convert.FromHexString(bytes));
            reader.Skip(signature);
        });

        Assert.Equal("D-Bus: malformed message: " + expected, error.Message);
    }

    [Fact]
    public void Value_OfAnotherType_IsRefused()
    {
        LinuxException error = Assert.Throws<LinuxException>(() =>
        {
            var reader = new DBusReader([1, (byte)'u', 0, 0, 0, 0, 0, 0]);
            reader.Variant("s");
        });

        Assert.Equal("D-Bus: malformed message: a value of type \"u\" instead of \"s\"", error.Message);
    }

    [Fact]
    public void Boolean_NeitherNorOther_IsRefused()
    {
        _ = Assert.Throws<LinuxException>(() =>
        {
            var reader = new DBusReader([2, 0, 0, 0]);
            _ = reader.Boolean();
        });
    }

    private static DBusMessage Sample() => new()
    {
        Type = DBusMessageType.Call,
        Path = "/a",
        Interface = "i.j",
        Member = "M",
        Signature = "s",
        Body = [3, 0, 0, 0, (byte)'h', (byte)'i', (byte)'\n', 0],
    };

    private static string Written(UnitProperty property)
    {
        var writer = new DBusWriter();
        writer.Properties([property]);
        return Convert.ToHexString(writer.Written);
    }
}
