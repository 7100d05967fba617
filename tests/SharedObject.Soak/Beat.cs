using System;

namespace SharedObjects.Soak;

/// <summary>
/// The value that producers write: who wrote it, which it is of his, since when he produces, when his first value was there, and words that
/// follow from the first two.
/// </summary>
/// <remarks>producers.py has the same.</remarks>
internal static class Beat
{
    internal const int Words = 8;

    private const int ProducerWord = 0, SequenceWord = 1, MadeWord = 2, FirstWord = 3, FirstCheck = 4;
    private const ulong A = 0x9E37_79B9_7F4A_7C15, B = 0xBF58_476D_1CE4_E5B9, C = 0x94D0_49BB_1331_11EB;

    internal static void Fill(Span<ulong> words, ulong producer, ulong sequence, ulong made, ulong first)
    {
        for (int i = FirstCheck; i < Words; i++)
        {
            words[i] = Check(producer, sequence, i);
        }

        words[ProducerWord] = producer;
        words[SequenceWord] = sequence;
        words[MadeWord] = made;
        words[FirstWord] = first;
    }

    internal static ulong Producer(ReadOnlySpan<ulong> words) => words[ProducerWord];

    internal static ulong Sequence(ReadOnlySpan<ulong> words) => words[SequenceWord];

    /// <summary>When the producer began to make the object, in nanoseconds since the epoch.</summary>
    internal static ulong Made(ReadOnlySpan<ulong> words) => words[MadeWord];

    /// <summary>The stamp of the producer's first value; 0 in that one itself.</summary>
    internal static ulong First(ReadOnlySpan<ulong> words) => words[FirstWord];

    internal static bool IsWhole(ReadOnlySpan<ulong> words)
    {
        for (int i = FirstCheck; i < Words; i++)
        {
            if (words[i] != Check(words[ProducerWord], words[SequenceWord], i))
            {
                return false;
            }
        }

        return true;
    }

    private static ulong Check(ulong producer, ulong sequence, int i) => unchecked((producer * A) + (sequence * B) + ((ulong)i * C));
}
