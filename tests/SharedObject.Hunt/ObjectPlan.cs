using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;

namespace SharedObjects.Hunt;

/// <summary>How the values of an object are made.</summary>
internal enum ObjectKind
{
    /// <summary>An ndarray of uint64, all of it words of the pattern.</summary>
    Array,

    /// <summary>A <see cref="SmallState"/>.</summary>
    Small,

    /// <summary>A <see cref="LargeState"/>.</summary>
    Large,
}

/// <summary>Where words of the pattern stand in an object.</summary>
/// <param name="Offset">In the object.</param>
/// <param name="First">The index of the first word.</param>
/// <param name="Count">How many there are.</param>
internal sealed record Region(int Offset, int First, int Count);

/// <summary>One object of the hunt; passed to every process as JSON.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Label">What it is called in the report.</param>
/// <param name="Size">Its buf_size.</param>
/// <param name="Regions">Where its words are, in order.</param>
/// <param name="TextOffset">Where the 20 digits of its sequence are; 0 if nowhere.</param>
/// <param name="ByPython">Whether a plain Python process makes it, so that it is adopted.</param>
/// <param name="Doomed">Whether only plain Python writers write it, and are killed in the middle: values that they leave are counted apart.</param>
internal sealed record ObjectPlan(
    string Name, ObjectKind Kind, string Label, int Size, ImmutableArray<Region> Regions, int TextOffset, bool ByPython, bool Doomed)
{
    private const int ElementsOffset = 26; // of a one-dimensional array: mtime, tag, dtype, rank, length
    private const int TrailerAlignment = 128;

    /// <summary>Where the trailer is: written down here once more, apart from the library.</summary>
    internal int TrailerOffset => (Size + TrailerAlignment - 1) / TrailerAlignment * TrailerAlignment;

    internal int SegmentSize => TrailerOffset + TrailerAlignment;

    internal int WordCount => Regions.Sum(region => region.Count);

    internal static ObjectPlan OfArray(string name, string label, int words, bool byPython, bool doomed = false) => new(
        name, ObjectKind.Array, label, ElementsOffset + (words * sizeof(ulong)), [new Region(ElementsOffset, 0, words)], 0, byPython, doomed);

    /// <summary>The plan of an object with a schema: its words are looked for in the bytes of one.</summary>
    internal static ObjectPlan OfState(string name, ObjectKind kind, int words, ReadOnlySpan<byte> bytes, ulong sequence)
    {
        List<Region> regions = [];
        int index = 0;
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        foreach (int count in (ReadOnlySpan<int>)[1, words, 1])
        {
            BitConverter.TryWriteBytes(word, Pattern.Word(sequence, index));
            regions.Add(new Region(bytes.IndexOf(word), index, count));
            index += count;
        }

        int text = bytes.IndexOf(Encoding.ASCII.GetBytes(StateText.Of(sequence)));
        return new(name, kind, kind.ToString().ToLowerInvariant(), bytes.Length, [.. regions], text, false, false);
    }

    /// <summary>Writes a value over an object's bytes.</summary>
    internal void Write(Span<byte> bytes, ulong sequence)
    {
        foreach (Region region in Regions)
        {
            Pattern.Fill(bytes.Slice(region.Offset, region.Count * sizeof(ulong)), sequence, region.First);
        }

        if (TextOffset > 0)
        {
            sequence.TryFormat(bytes.Slice(TextOffset, SmallState.TextLength), out _, "D20", CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Whether an object's bytes are one whole value, and which.</summary>
    internal bool IsWhole(ReadOnlySpan<byte> bytes, out ulong sequence)
    {
        sequence = Pattern.SequenceOf(BitConverter.ToUInt64(bytes[Regions[0].Offset..]));
        foreach (Region region in Regions)
        {
            if (!Pattern.Is(bytes.Slice(region.Offset, region.Count * sizeof(ulong)), sequence, region.First))
            {
                return false;
            }
        }

        if (TextOffset == 0)
        {
            return true;
        }

        Span<byte> digits = stackalloc byte[SmallState.TextLength];
        sequence.TryFormat(digits, out _, "D20", CultureInfo.InvariantCulture);
        return digits.SequenceEqual(bytes.Slice(TextOffset, digits.Length));
    }
}
