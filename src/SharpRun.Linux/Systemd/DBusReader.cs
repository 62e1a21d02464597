using System.Buffers.Binary;
using System.Text;

namespace SharpRun.Linux.Systemd;

/// <summary>Reads what <see cref="DBusWriter"/> writes, out of a message that may be anything.</summary>
/// <remarks>Every length is compared with what is there before it is used; whatever is wrong is a <see cref="LinuxException"/>.</remarks>
internal ref struct DBusReader(ReadOnlySpan<byte> message)
{
    private const int MaxDepth = 16;
    private readonly ReadOnlySpan<byte> _message = message;

    /// <summary>Where the next value is looked for.</summary>
    internal int Position { get; private set; }

    /// <summary>Whether everything has been read.</summary>
    internal readonly bool IsAtEnd => Position == _message.Length;

    internal byte Byte() => Take(1, 1)[0];

    internal uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, 4));

    internal ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8, 8));

    internal bool Boolean() => UInt32() switch
    {
        0 => false,
        1 => true,
        _ => throw Malformed("a boolean that is neither 0 nor 1"),
    };

    /// <summary>A text, or the path of an object.</summary>
    internal string String() => Text(UInt32());

    internal string Signature() => Text(Byte());

    internal void Align(int alignment) => _ = Take(0, alignment);

    /// <summary>The length of an array; where it ends is behind its elements.</summary>
    /// <param name="alignment">That of the elements.</param>
    internal int ArrayEnd(int alignment)
    {
        uint length = UInt32();
        Align(alignment);
        return length <= (uint)(_message.Length - Position) ? Position + (int)length : throw Malformed("an array that is longer than the message");
    }

    /// <summary>A variant that has to have this type; the value is read next.</summary>
    internal void Variant(string signature)
    {
        string found = Signature();
        if (found != signature)
        {
            throw Malformed($"a value of type \"{found}\" instead of \"{signature}\"");
        }
    }

    /// <summary>Passes over one value of any type.</summary>
    internal void Skip(string signature)
    {
        int at = 0;
        Skip(signature, ref at, 0);
        if (at != signature.Length)
        {
            throw Malformed($"the type \"{signature}\"");
        }
    }

    internal static LinuxException Malformed(string what) => new($"D-Bus: malformed message: {what}");

    private void Skip(string signature, ref int at, int depth)
    {
        char type = at < signature.Length && depth < MaxDepth ? signature[at++] : throw Malformed($"the type \"{signature}\"");
        switch (type)
        {
            case 'y':
                _ = Take(1, 1);
                break;
            case 'n' or 'q':
                _ = Take(2, 2);
                break;
            case 'b' or 'i' or 'u' or 'h':
                _ = Take(4, 4);
                break;
            case 'x' or 't' or 'd':
                _ = Take(8, 8);
                break;
            case 's' or 'o':
                _ = String();
                break;
            case 'g':
                _ = Signature();
                break;
            case 'v':
                string inner = Signature();
                int innerAt = 0;
                Skip(inner, ref innerAt, depth + 1);
                break;
            case 'a':
                SkipArray(signature, ref at, depth + 1);
                break;
            case '(' or '{':
                Align(8);
                while (at < signature.Length && signature[at] is not (')' or '}'))
                {
                    Skip(signature, ref at, depth + 1);
                }

                at++;
                break;
            default:
                throw Malformed($"the type \"{signature}\"");
        }
    }

    private void SkipArray(string signature, ref int at, int depth)
    {
        char element = at < signature.Length ? signature[at] : throw Malformed($"the type \"{signature}\"");
        int alignment = element switch
        {
            'y' or 'g' or 'v' => 1,
            'n' or 'q' => 2,
            'x' or 't' or 'd' or '(' or '{' => 8,
            _ => 4,
        };
        int end = ArrayEnd(alignment);
        int start = at;
        while (Position < end)
        {
            at = start;
            Skip(signature, ref at, depth);
        }

        if (Position != end)
        {
            throw Malformed("an array that ends inside an element");
        }

        if (at == start)
        {
            at = PastType(signature, start);
        }
    }

    /// <summary>Behind one complete type, of which there is no value.</summary>
    private static int PastType(string signature, int at)
    {
        int open = 0;
        while (at < signature.Length)
        {
            char type = signature[at++];
            open += type is '(' or '{' ? 1 : type is ')' or '}' ? -1 : 0;
            if (open == 0 && type != 'a')
            {
                return at;
            }
        }

        throw Malformed($"the type \"{signature}\"");
    }

    private string Text(uint length)
    {
        if (length >= (uint)(_message.Length - Position))
        {
            throw Malformed("a text that is longer than the message");
        }

        ReadOnlySpan<byte> bytes = Take((int)length + 1, 1);
        return bytes[^1] == 0 ? Encoding.UTF8.GetString(bytes[..^1]) : throw Malformed("a text without an end");
    }

    private ReadOnlySpan<byte> Take(int size, int alignment)
    {
        int start = (Position + alignment - 1) / alignment * alignment;
        if (start > _message.Length || size > _message.Length - start)
        {
            throw Malformed("it ends too early");
        }

        Position = start + size;
        return _message.Slice(start, size);
    }
}
