using System;

namespace SharedObjects.Soak;

/// <summary>The value that producers write: who wrote it, which it is of his, since when he produces, and words that follow from these.</summary>
/// <remarks>producers.py has the same.</remarks>
internal static class Beat
{
    internal const int Words = 8;

    private const int ProducerWord = 0, SequenceWord = 1, MadeWord = 2, FirstCheck = 3;
    private const ulong A = 0x9E37_79B9_7F4A_7C15, B = 0xBF58_476D_1CE4_E5B9, C = 0x94D0_49BB_1331_11EB;

    internal static void Fill(Span<ulong> words, ulong producer, ulong sequence, ulong made)
    {
        for (int i = FirstCheck; i < Words; i++)
        {
            words[i] = Check(producer, sequence, i);
        }

        words[ProducerWord] = producer;
        words[SequenceWord] = sequence;
        words[MadeWord] = made;
    }

    internal static ulong Producer(ReadOnlySpan<ulong> words) => words[ProducerWord];

    internal static ulong Sequence(ReadOnlySpan<ulong> words) => words[SequenceWord];

    /// <summary>When the producer began to make the object, in nanoseconds since the epoch.</summary>
    internal static ulong Made(ReadOnlySpan<ulong> words) => words[MadeWord];

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
