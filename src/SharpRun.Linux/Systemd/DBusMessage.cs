using System.Buffers.Binary;

namespace SharpRun.Linux.Systemd;

/// <summary>What a message is.</summary>
internal enum DBusMessageType : byte
{
    /// <summary>A call of a method.</summary>
    Call = 1,

    /// <summary>The answer to a call.</summary>
    Reply = 2,

    /// <summary>The refusal of a call.</summary>
    Error = 3,

    /// <summary>Something that happened.</summary>
    Signal = 4,
}

/// <summary>One message: a header of named fields, and a body whose types the header tells.</summary>
internal sealed record DBusMessage
{
    /// <summary>The part that says how long the rest is.</summary>
    internal const int FixedHeader = 16;

    /// <summary>What is refused as too long; systemd's answers have some hundred bytes.</summary>
    internal const int MaxLength = 1 << 20;

    private const byte LittleEndian = (byte)'l';
    private const byte Version = 1;
    private const byte PathField = 1;
    private const byte InterfaceField = 2;
    private const byte MemberField = 3;
    private const byte ErrorNameField = 4;
    private const byte ReplySerialField = 5;
    private const byte DestinationField = 6;
    private const byte SignatureField = 8;

    internal required DBusMessageType Type { get; init; }

    /// <summary>The object concerned.</summary>
    internal string? Path { get; init; }

    internal string? Interface { get; init; }

    internal string? Member { get; init; }

    /// <summary>The name of the error, such as <c>org.freedesktop.systemd1.NoSuchUnit</c>.</summary>
    internal string? ErrorName { get; init; }

    /// <summary>Which call this answers.</summary>
    internal uint ReplySerial { get; init; }

    internal string? Destination { get; init; }

    /// <summary>The types of the body.</summary>
    internal string Signature { get; init; } = "";

    internal byte[] Body { get; init; } = [];

    /// <summary>The text of an error; its name when it has none.</summary>
    internal string ErrorText
    {
        get
        {
            if (!Signature.StartsWith('s'))
            {
                return ErrorName ?? "";
            }

            var reader = new DBusReader(Body);
            return reader.String();
        }
    }

    /// <summary>The message as bytes.</summary>
    /// <param name="serial">Its number on this connection; not 0.</param>
    internal byte[] ToBytes(uint serial)
    {
        var writer = new DBusWriter();
        writer.Byte(LittleEndian);
        writer.Byte((byte)Type);
        writer.Byte(0);
        writer.Byte(Version);
        writer.UInt32((uint)Body.Length);
        writer.UInt32(serial);
        (int, int) fields = writer.BeginArray(8);
        Field(writer, PathField, Path is null ? null : new ObjectPath(Path));
        Field(writer, InterfaceField, Interface);
        Field(writer, MemberField, Member);
        Field(writer, ErrorNameField, ErrorName);
        Field(writer, ReplySerialField, ReplySerial == 0 ? null : ReplySerial);
        Field(writer, DestinationField, Destination);
        if (Signature.Length > 0)
        {
            writer.Struct();
            writer.Byte(SignatureField);
            writer.Signature("g");
            writer.Signature(Signature);
        }

        writer.EndArray(fields);
        writer.Struct();
        writer.Raw(Body);
        return writer.Written.ToArray();
    }

    /// <summary>How long a whole message is, from its first sixteen bytes.</summary>
    /// <exception cref="LinuxException">It is no message, or too long.</exception>
    internal static int LengthOf(ReadOnlySpan<byte> header)
    {
        if (header[0] != LittleEndian || header[3] != Version)
        {
            throw DBusReader.Malformed(header[0] == 'B' ? "of a machine with another byte order" : "no D-Bus message");
        }

        ulong body = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        ulong fields = BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
        ulong length = FixedHeader + ((fields + 7) & ~7UL) + body;
        return length <= MaxLength ? (int)length : throw DBusReader.Malformed($"{length} bytes");
    }

    /// <summary>Reads a whole message.</summary>
    internal static DBusMessage Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedHeader || LengthOf(bytes) != bytes.Length)
        {
            throw DBusReader.Malformed("it ends too early");
        }

        int body = (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        var message = new DBusMessage { Type = (DBusMessageType)bytes[1], Body = bytes[^body..].ToArray() };
        var reader = new DBusReader(bytes[..^body]);
        for (int i = 0; i < 3; i++)
        {
            _ = reader.UInt32();
        }

        int end = reader.ArrayEnd(8);
        while (reader.Position < end)
        {
            reader.Align(8);
            message = message.WithField(reader.Byte(), ref reader);
        }

        return reader.Position == end ? message : throw DBusReader.Malformed("a header that ends inside a field");
    }

    private static void Field(DBusWriter writer, byte field, object? value)
    {
        if (value is not null)
        {
            writer.Struct();
            writer.Byte(field);
            writer.Variant(value);
        }
    }

    private DBusMessage WithField(byte field, ref DBusReader reader)
    {
        switch (field)
        {
            case PathField:
                reader.Variant("o");
                return this with { Path = reader.String() };
            case InterfaceField:
                reader.Variant("s");
                return this with { Interface = reader.String() };
            case MemberField:
                reader.Variant("s");
                return this with { Member = reader.String() };
            case ErrorNameField:
                reader.Variant("s");
                return this with { ErrorName = reader.String() };
            case ReplySerialField:
                reader.Variant("u");
                return this with { ReplySerial = reader.UInt32() };
            case DestinationField:
                reader.Variant("s");
                return this with { Destination = reader.String() };
            case SignatureField:
                reader.Variant("g");
                return this with { Signature = reader.Signature() };
            default:
                // Fields that this program does not know are to be passed over.
                reader.Skip("v");
                return this;
        }
    }
}
