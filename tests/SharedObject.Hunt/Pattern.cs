using System;
using System.Runtime.InteropServices;

namespace SharedObjects.Hunt;

/// <summary>
/// What values are made of: word i of sequence s is s·A + i·B. Every word tells its sequence, all bytes of a word change from one
/// sequence to the next, and a value is whole if, and only if, all its words belong to one.
/// </summary>
/// <remarks>
/// A sequence is a writer's number and a count of its own: sequences of one writer only grow. hunt.py has the same formula.
/// </remarks>
internal static class Pattern
{
    internal const ulong A = 0x9E37_79B9_7F4A_7C15, B = 0xD1B5_4A32_D192_ED03; // odd, with bits all over

    private const int WriterShift = 40;

    private static readonly ulong s_inverse = Inverse();

    internal static ulong Sequence(int writer, ulong count) => ((ulong)writer << WriterShift) | count;

    internal static int WriterOf(ulong sequence) => (int)(sequence >> WriterShift);

    internal static ulong CountOf(ulong sequence) => sequence & ((1UL << WriterShift) - 1);

    internal static ulong Word(ulong sequence, int index) => (sequence * A) + ((ulong)index * B);

    /// <summary>The sequence that a word at index 0 belongs to.</summary>
    internal static ulong SequenceOf(ulong word) => word * s_inverse;

    internal static void Fill(Span<ulong> words, ulong sequence, int first = 0)
    {
        ulong word = Word(sequence, first);
        foreach (ref ulong w in words)
        {
            w = word;
            word += B;
        }
    }

    internal static void Fill(Span<byte> words, ulong sequence, int first)
    {
        ulong word = Word(sequence, first);
        for (int i = 0; i < words.Length; i += sizeof(ulong))
        {
            MemoryMarshal.Write(words[i..], word);
            word += B;
        }
    }

    /// <summary>Whether words, from index <paramref name="first"/> on, all belong to a sequence.</summary>
    internal static bool Is(ReadOnlySpan<ulong> words, ulong sequence, int first = 0)
    {
        ulong expected = Word(sequence, first), difference = 0;
        foreach (ulong word in words)
        {
            difference |= word ^ expected;
            expected += B;
        }

        return difference == 0;
    }

    internal static bool Is(ReadOnlySpan<byte> words, ulong sequence, int first)
    {
        ulong expected = Word(sequence, first), difference = 0;
        for (int i = 0; i < words.Length; i += sizeof(ulong))
        {
            difference |= MemoryMarshal.Read<ulong>(words[i..]) ^ expected;
            expected += B;
        }

        return difference == 0;
    }

    private static ulong Inverse()
    {
        ulong inverse = A; // right in the lowest three bits; each step doubles them
        for (int i = 0; i < 5; i++)
        {
            inverse *= 2 - (A * inverse);
        }

        return inverse;
    }
}
