using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

namespace SharedObjects.Hunt;

/// <summary>
/// Values that certify themselves: each is made from its number and its size alone, and is of another type than the one before. Whoever reads
/// one makes it once more from the number in it, so that a mixture of two is no value at all. <c>grow.py</c> makes the same.
/// </summary>
internal static class Certified
{
    private const int Kinds = 7, ListStep = 200; // elements of a list take longer than bytes
    private const ulong Odd = 0x9E37_79B9_7F4A_7C15;

    /// <summary>A value.</summary>
    /// <param name="number">Its number, from 1 on.</param>
    /// <param name="size">About how many bytes it has; those of every seventh are few.</param>
    public static object Make(long number, int size) => (number % Kinds) switch
    {
        0 => number,
        1 => Bytes(number, size),
        2 => NDArray.Create<ulong>(Words(number, size), Math.Max(size / sizeof(ulong), 1)),
        3 => new SharedDict { ["number"] = number, [$"key {number}"] = Bytes(number, size), ["empty"] = new SharedDict() },
        4 => SharedList.From(Words(number, size / ListStep).Select(word => (object?)(long)word)),
        5 => SharedTuple.From([number, Text(number, size), null, true]),
        _ => Text(number, size),
    };

    /// <summary>The number of a value.</summary>
    /// <exception cref="InvalidDataException">It is none that was ever made.</exception>
    public static long NumberOf(object? value)
    {
        (long number, int size) = value switch
        {
            long alone => (alone, 0),
            byte[] bytes => Of(bytes),
            NDArray array => Of(array.Bytes),
            SharedDict { Count: 3 } dict when dict.Values.OfType<byte[]>().FirstOrDefault() is { } bytes => Of(bytes),
            SharedList { Count: > 0 } list when list[0] is long word => ((long)((ulong)word * Inverse(Odd)), list.Count * sizeof(ulong) * ListStep),
            SharedTuple { Count: 4 } tuple when tuple[1] is string text => Of(text),
            string text => Of(text),
            _ => throw new InvalidDataException($"a value of no kind that is made: {value ?? "None"}"),
        };
        // Sizes are rounded when a value is made: what is made of the rounded one has to be the same again.
        return Same(Make(number, size), value)
            ? number
            : throw new InvalidDataException($"a mixture: number {number}, a {value!.GetType().Name} of about {size} bytes");
    }

    private static bool Same(object made, object? found) => made is byte[] bytes
        ? found is byte[] others && bytes.AsSpan().SequenceEqual(others)
        : made.Equals(found);

    private static (long Number, int Size) Of(ReadOnlySpan<byte> bytes) => bytes.Length >= sizeof(ulong)
        ? ((long)(MemoryMarshal.Read<ulong>(bytes) * Inverse(Odd)), bytes.Length)
        : throw new InvalidDataException($"{bytes.Length} bytes, fewer than any value has");

    private static (long Number, int Size) Of(string text) => (long.Parse(text.AsSpan(0, text.IndexOf(' ')), provider: null), text.Length);

    private static byte[] Bytes(long number, int size) => MemoryMarshal.AsBytes<ulong>(Words(number, size)).ToArray();

    private static ulong[] Words(long number, int size)
    {
        ulong[] words = new ulong[Math.Max(size / sizeof(ulong), 1)];
        words[0] = (ulong)number * Odd;
        for (int i = 1; i < words.Length; i++)
        {
            words[i] = words[i - 1] + Odd;
        }

        return words;
    }

    private static string Text(long number, int size)
    {
        string once = $"{number} ";
        int length = Math.Max(size, once.Length);
        var text = new StringBuilder(length + once.Length);
        while (text.Length < length)
        {
            text.Append(once);
        }

        return text.ToString(0, length);
    }

    // Newton's: of an odd number, modulo 2^64, each step doubles the bits that are right.
    private static ulong Inverse(ulong odd)
    {
        ulong inverse = odd;
        for (int i = 0; i < 5; i++)
        {
            inverse *= 2 - (odd * inverse);
        }

        return inverse;
    }
}
