using System;
using System.Collections.Generic;
using System.Linq;
using SharedObjects.Tests.Golden;
using SharedObjects.Tests.Wire;
using SharedObjects.Wire;

namespace SharedObjects.Tests.Faults;

/// <summary>
/// Makes objects that nobody sane wrote out of good ones: it knows where sizes, ranks, lengths, tags and the words of the trailer stand, and
/// puts there what breaks arithmetic. What it makes follows from its seed alone.
/// </summary>
internal sealed class Mutator
{
    // Beyond the largest good object, so that there is room to grow.
    internal const int LongestObject = 4096;

    private const int LongestGood = 1500;

    // The limits of the arithmetic: signs, 32 bits, the largest object, and multiples that wrap around.
    private static readonly ulong[] Numbers =
    [
        0, 1, 2, 3, 7, 8, 9, 16, 63, 64, 65, 100, 127, 128, 255, 256, int.MaxValue - 4096, int.MaxValue - 4095, int.MaxValue, 1UL << 31,
        (1UL << 31) + 1, uint.MaxValue, 1UL << 32, (1UL << 32) + 1, 1UL << 60, 1UL << 61, 1UL << 62, long.MaxValue, 1UL << 63,
        ulong.MaxValue - 8, ulong.MaxValue - 1, ulong.MaxValue,
    ];

    private static readonly Good[] Ordinary = [.. Find()];

    private static readonly Good[] Objects = [.. Ordinary, .. HostileBytesTests.Sequences().Select(Dynamic)];

    private ulong _state;

    internal Mutator(ulong seed) => _state = seed * 0x9E37_79B9_7F4A_7C15;

    /// <summary>An object's bytes, as they would fill a segment, and where their structure is.</summary>
    /// <param name="Bytes">The bytes.</param>
    /// <param name="Numbers">Where eight-byte numbers of the structure stand.</param>
    /// <param name="Tags">Where types stand.</param>
    private sealed record Good(byte[] Bytes, int[] Numbers, int[] Tags);

    /// <summary>How many objects the mutations begin with, but for the dynamic ones.</summary>
    internal static int Count => Ordinary.Length;

    /// <summary>A good object, for those who change one in place.</summary>
    internal static ReadOnlySpan<byte> GoodObject(int index) => Ordinary[index].Bytes;

    /// <summary>Makes the next one.</summary>
    /// <param name="buffer">Where it goes: of <see cref="LongestObject"/> bytes.</param>
    /// <returns>How long it is.</returns>
    internal int Next(Span<byte> buffer)
    {
        Good good = Objects[Next(Objects.Length)];
        good.Bytes.CopyTo(buffer);
        int length = good.Bytes.Length;
        for (int i = Next(3); i >= 0; i--)
        {
            Mutate(good, buffer, ref length);
        }

        return length;
    }

    /// <summary>Changes one byte or one number of an object that others may be reading, and not its length.</summary>
    internal void Disturb(int index, Span<byte> bytes)
    {
        Good good = Objects[index];
        switch (Next(4))
        {
            case 0 when good.Numbers.Length > 0:
                BitConverter.TryWriteBytes(bytes[good.Numbers[Next(good.Numbers.Length)]..], Number(bytes.Length));
                break;
            case 1:
                bytes[good.Tags[Next(good.Tags.Length)]] = Tag();
                break;
            case 2:
                good.Bytes.CopyTo(bytes); // else nothing of it would be left after a while
                break;
            default:
                bytes[Next(bytes.Length)] ^= (byte)(1 << Next(8));
                break;
        }
    }

    /// <summary>A number from 0 to <paramref name="limit"/> - 1 (SplitMix64).</summary>
    internal int Next(int limit) => (int)((Bits() >> 32) * (ulong)limit >> 32);

    private static IEnumerable<Good> Find()
    {
        IEnumerable<byte[]> golden = GoldenVector.All.Select(vector => vector.Segment).Where(bytes => bytes.Length <= LongestGood);
        foreach (byte[] plain in golden.Concat(HostileBytesTests.Sequences()))
        {
            Good good = Of(plain);
            yield return good;

            // And with a trailer, whose words are numbers, too.
            byte[] bytes = new byte[TrailerArea.SegmentSizeFor(plain.Length)];
            plain.CopyTo(bytes, 0);
            int trailer = TrailerArea.OffsetFor(plain.Length);
            TrailerArea.Write(bytes.AsSpan(trailer, TrailerArea.Size), schemaHash: 0, commit: BitConverter.ToUInt64(bytes));
            yield return new Good(bytes, [.. good.Numbers, .. TrailerWords(trailer)], [.. good.Tags, trailer + sizeof(ulong) - 1]);
        }
    }

    private static Good Of(byte[] plain)
    {
        ObjectLayout layout = LayoutParser.Parse(plain, out _)!;
        List<int> numbers = [], tags = [ObjectHeader.TagOffset];
        int at = ObjectHeader.DataOffset;
        Walk(layout.Value, ref at, numbers, tags);
        return new Good(plain, [.. numbers], [.. tags]);
    }

    /// <summary>A dynamic object with the value of an ordinary one.</summary>
    private static Good Dynamic(byte[] plain)
    {
        Good value = Of(plain);
        byte[] bytes = new byte[DynamicArea.EndOf(plain.Length)];
        BitConverter.TryWriteBytes(bytes, 1UL);
        BitConverter.TryWriteBytes(bytes.AsSpan(ObjectHeader.TagOffset), DynamicArea.Head);
        DynamicArea.WriteFirst(bytes, plain);
        TrailerArea.Write(bytes.AsSpan(DynamicArea.FixedSize, TrailerArea.Size), schemaHash: 0, commit: 1);
        return new Good(
            bytes,
            [DynamicArea.LengthOffset, .. TrailerWords(DynamicArea.FixedSize), .. value.Numbers.Select(Moved)],
            [ObjectHeader.TagOffset, DynamicArea.VersionOffset, .. value.Tags.Select(Moved)]);

        static int Moved(int offset) => DynamicArea.ObjectOffset + offset;
    }

    private static IEnumerable<int> TrailerWords(int trailer) => Enumerable.Range(0, 4).Select(i => trailer + (i * sizeof(ulong)));

    private static void Walk(ValueLayout layout, ref int at, List<int> numbers, List<int> tags)
    {
        switch (layout)
        {
            case BytesLayout:
                numbers.Add(at);
                break;
            case ArrayLayout array:
                tags.Add(at); // dtype
                for (int i = 0; i <= array.Shape.Length; i++)
                {
                    numbers.Add(at + 1 + (i * sizeof(ulong))); // rank, then lengths
                }

                break;
            case DictLayout dict:
                numbers.Add(at);
                at += sizeof(ulong);
                foreach (DictItem item in dict.Items)
                {
                    tags.Add(at++);
                    Walk(item.Key.Layout, ref at, numbers, tags);
                    tags.Add(at++);
                    Walk(item.Value, ref at, numbers, tags);
                }

                return;
            case SequenceLayout sequence:
                numbers.Add(at);
                numbers.Add(at + SequenceArea.CountOffset);
                at += SequenceArea.SlotsOffset;
                foreach (ValueLayout slot in sequence.Slots)
                {
                    tags.Add(at++);
                    Walk(slot, ref at, numbers, tags);
                }

                return;
        }

        at += layout.DataSize;
    }

    private void Mutate(Good good, Span<byte> buffer, ref int length)
    {
        switch (Next(10))
        {
            case < 4 when good.Numbers.Length > 0:
                int at = good.Numbers[Next(good.Numbers.Length)];
                ulong old = BitConverter.ToUInt64(buffer[at..]);
                BitConverter.TryWriteBytes(buffer[at..], Next(2) == 0 ? Number(length) : old + (ulong)(Next(5) - 2));
                break;
            case < 6:
                buffer[good.Tags[Next(good.Tags.Length)]] = Next(8) == 0 ? (byte)Next(256) : Tag();
                break;
            case 6:
                length = Next(length + 1);
                break;
            case 7:
                int more = Next(LongestObject - length + 1) & (Next(2) == 0 ? 0xFF : -1);
                for (int i = length; i < length + more; i++)
                {
                    buffer[i] = (byte)(Next(4) == 0 ? Next(256) : 0);
                }

                length += more;
                break;
            case 8:
                ReadOnlySpan<byte> other = Objects[Next(Objects.Length)].Bytes;
                int from = Next(other.Length), count = Next(Math.Min(other.Length - from, length) + 1);
                other.Slice(from, count).CopyTo(buffer[Next(length - count + 1)..]);
                break;
            default:
                if (length > 0)
                {
                    buffer[Next(length)] ^= (byte)(1 << Next(8));
                }

                break;
        }
    }

    /// <summary>A type, or a number behind the last of those that have one.</summary>
    private byte Tag() => Next(17) is var tag && tag < 13 ? (byte)tag : "dlst"u8[tag - 13];

    private ulong Number(int length) => Next(4) switch
    {
        0 => Bits(),
        1 => (ulong)Next(length + 9),
        _ => Numbers[Next(Numbers.Length)],
    };

    private ulong Bits()
    {
        ulong z = _state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
