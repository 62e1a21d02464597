using System.Buffers.Binary;
using System.Text;

namespace SharpRun.Linux.Systemd;

/// <summary>Marshals the types that calls to systemd are made of, least significant byte first (D-Bus specification, "Marshaling").</summary>
/// <remarks>Every value is aligned to its size from the start of the message, which therefore is the start of the writer too.</remarks>
internal sealed class DBusWriter
{
    private byte[] _bytes = new byte[512];

    /// <summary>How much has been written.</summary>
    internal int Length { get; private set; }

    /// <summary>What has been written.</summary>
    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>The type of a value, as a signature.</summary>
    internal static string SignatureOf(object value) => value switch
    {
        byte => "y",
        bool => "b",
        int => "i",
        uint => "u",
        long => "x",
        ulong => "t",
        double => "d",
        string => "s",
        ObjectPath => "o",
        byte[] => "ay",
        uint[] => "au",
        string[] => "as",
        (string, string)[] => "a(ss)",
        (string, ulong)[] => "a(st)",
        _ => throw new ArgumentException($"no D-Bus type for {value.GetType().Name}", nameof(value)),
    };

    internal void Byte(byte value) => Take(1, 1)[0] = value;

    internal void Boolean(bool value) => UInt32(value ? 1u : 0u);

    internal void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4, 4), value);

    internal void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4, 4), value);

    internal void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8, 8), value);

    internal void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8, 8), value);

    internal void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Take(8, 8), value);

    /// <summary>A text, or the path of an object.</summary>
    internal void String(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        UInt32((uint)length);
        Span<byte> room = Take(length + 1, 1);
        _ = Encoding.UTF8.GetBytes(value, room);
        room[length] = 0;
    }

    internal void Signature(string value)
    {
        Byte(checked((byte)value.Length));
        Span<byte> room = Take(value.Length + 1, 1);
        _ = Encoding.ASCII.GetBytes(value, room);
        room[value.Length] = 0;
    }

    /// <summary>Structures, and entries of dictionaries, begin at a multiple of eight.</summary>
    internal void Struct() => _ = Take(0, 8);

    /// <summary>Begins an array.</summary>
    /// <param name="alignment">That of its elements, which counts even when there are none.</param>
    /// <returns>What <see cref="EndArray"/> needs.</returns>
    internal (int LengthAt, int Start) BeginArray(int alignment)
    {
        UInt32(0);
        int lengthAt = Length - 4;
        _ = Take(0, alignment);
        return (lengthAt, Length);
    }

    internal void EndArray((int LengthAt, int Start) array) =>
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(array.LengthAt), (uint)(Length - array.Start));

    /// <summary>A value with its type.</summary>
    internal void Variant(object value)
    {
        Signature(SignatureOf(value));
        Value(value);
    }

    /// <summary>The properties of a unit, <c>a(sv)</c>.</summary>
    internal void Properties(IReadOnlyList<UnitProperty> properties)
    {
        (int, int) array = BeginArray(8);
        foreach (UnitProperty property in properties)
        {
            Struct();
            String(property.Name);
            Variant(property.Value);
        }

        EndArray(array);
    }

    /// <summary>Bytes that are marshalled already.</summary>
    internal void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length, 1));

    private void Value(object value)
    {
        switch (value)
        {
            case byte number: Byte(number); break;
            case bool flag: Boolean(flag); break;
            case int number: Int32(number); break;
            case uint number: UInt32(number); break;
            case long number: Int64(number); break;
            case ulong number: UInt64(number); break;
            case double number: Double(number); break;
            case string text: String(text); break;
            case ObjectPath path: String(path.Text); break;
            case byte[] bytes:
                UInt32((uint)bytes.Length);
                Raw(bytes);
                break;
            case uint[] numbers: Array(numbers, 4, static (writer, number) => writer.UInt32(number)); break;
            case string[] texts: Array(texts, 4, static (writer, text) => writer.String(text)); break;
            case (string, string)[] pairs: Array(pairs, 8, static (writer, pair) => writer.Pair(pair.Item1, pair.Item2)); break;
            case (string, ulong)[] pairs: Array(pairs, 8, static (writer, pair) => writer.Pair(pair.Item1, pair.Item2)); break;
            default: throw new ArgumentException($"no D-Bus type for {value.GetType().Name}", nameof(value));
        }
    }

    private void Array<T>(T[] elements, int alignment, Action<DBusWriter, T> write)
    {
        (int, int) array = BeginArray(alignment);
        foreach (T element in elements)
        {
            write(this, element);
        }

        EndArray(array);
    }

    private void Pair(string first, object second)
    {
        Struct();
        String(first);
        Value(second);
    }

    /// <summary>Room for a value, aligned; what is skipped is zero, as the specification asks.</summary>
    private Span<byte> Take(int size, int alignment)
    {
        int start = (Length + alignment - 1) / alignment * alignment;
        if (start + size > _bytes.Length)
        {
            System.Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, start + size));
        }

        Length = start + size;
        return _bytes.AsSpan(start, size);
    }
}
