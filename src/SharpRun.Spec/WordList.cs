namespace SharpRun.Spec;

/// <summary>The values of an enumerated string: UTF-8 words with spaces between them, which needs no table at start-up.</summary>
internal static class WordList
{
    /// <summary>The number of <paramref name="word"/> among the words; -1 when it is none of them.</summary>
    internal static int IndexOf(ReadOnlySpan<byte> words, ReadOnlySpan<byte> word)
    {
        for (int index = 0; ; index++)
        {
            int end = words.IndexOf((byte)' ');
            if (word.SequenceEqual(end < 0 ? words : words[..end]))
            {
                return index;
            }

            if (end < 0)
            {
                return -1;
            }

            words = words[(end + 1)..];
        }
    }
}
