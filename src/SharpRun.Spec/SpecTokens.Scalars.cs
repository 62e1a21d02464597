using System.Text.Json;

namespace SharpRun.Spec;

// Booleans, strings and numbers.
internal ref partial struct SpecTokens
{
    /// <summary>Reads a boolean; null after a problem.</summary>
    internal bool? Flag()
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            default:
                WrongType("true or false");
                return null;
        }
    }

    /// <summary>Reads a string without NUL; null after a problem.</summary>
    internal string? Text()
    {
        if (_reader.TokenType != JsonTokenType.String)
        {
            WrongType("a string");
            return null;
        }

        return _reader.ValueIsEscaped ? UnescapedText() : _reader.GetString();
    }

    /// <summary>Reads one of the words in <paramref name="words"/>, separated by spaces; returns its number, or -1 after a problem.</summary>
    internal int Word(ReadOnlySpan<byte> words, string what)
    {
        if (_reader.TokenType != JsonTokenType.String)
        {
            WrongType("a string");
            return -1;
        }

        if (!_reader.ValueIsEscaped && WordList.IndexOf(words, _reader.ValueSpan) is >= 0 and int index)
        {
            return index;
        }

        // Rare: an unknown word, or one written with escapes.
        if (Text() is { } text)
        {
            int found = WordList.IndexOf(words, System.Text.Encoding.UTF8.GetBytes(text));
            if (found >= 0)
            {
                return found;
            }

            Problem($"unknown {what} {JsonPath.Quote(text)}");
        }

        return -1;
    }

    /// <summary>Whether the current value is the empty string, which Go programs write for "not set".</summary>
    internal readonly bool IsEmptyText => _reader.TokenType == JsonTokenType.String && _reader.ValueSpan.IsEmpty;

    /// <summary>Reads an integer in a range; null after a problem.</summary>
    internal long? Integer(long min = long.MinValue, long max = long.MaxValue)
    {
        if (Number(out ulong magnitude, out bool negative))
        {
            if (negative ? magnitude <= 1UL << 63 : magnitude <= long.MaxValue)
            {
                long value = negative ? unchecked(-(long)magnitude) : (long)magnitude;
                if (value >= min && value <= max)
                {
                    return value;
                }
            }

            Problem($"must be an integer from {min} to {max}");
        }

        return null;
    }

    /// <summary>Reads an integer from 0 to <paramref name="max"/>; null after a problem.</summary>
    internal ulong? Natural(ulong max = ulong.MaxValue)
    {
        if (Number(out ulong magnitude, out bool negative))
        {
            if (magnitude <= max && !negative)
            {
                return magnitude;
            }

            Problem($"must be an integer from 0 to {max}");
        }

        return null;
    }

    /// <summary>Reads sign and digits of an integer; false after a problem.</summary>
    private bool Number(out ulong magnitude, out bool negative)
    {
        magnitude = 0;
        negative = false;
        if (_reader.TokenType != JsonTokenType.Number)
        {
            WrongType("an integer");
            return false;
        }

        ReadOnlySpan<byte> digits = _reader.ValueSpan;
        negative = digits[0] == (byte)'-';
        for (int i = negative ? 1 : 0; i < digits.Length; i++)
        {
            int digit = digits[i] - '0';
            if (digit is < 0 or > 9)
            {
                Problem("must be an integer, without fraction or exponent");
                return false;
            }

            if (magnitude > (ulong.MaxValue - (ulong)digit) / 10)
            {
                Problem("integer is out of range");
                return false;
            }

            magnitude = (magnitude * 10) + (ulong)digit;
        }

        return true;
    }

    private string? UnescapedText()
    {
        try
        {
            string text = _reader.GetString() ?? "";
            if (!text.Contains('\0', StringComparison.Ordinal))
            {
                return text;
            }

            Problem("must not contain NUL");
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, such as "\ud800", has no UTF-8 form.
            Problem("lone surrogate");
        }

        return null;
    }
}
