using System;
using System.Collections.Generic;
using SharedObjects.Internals;

namespace SharedObjects.Wire;

/// <summary>Reads, checks and writes the number of elements of lists and sets: what generated codecs need beyond their elements.</summary>
/// <remarks>Offsets are those of <see cref="WireValue"/>.</remarks>
public static class WireSequence
{
    /// <summary>How many elements a list or set has.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    /// <param name="maxCount">How many slots the layout says it has.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedRangeException">The object claims to have more.</exception>
    public static int Count(ReadOnlySpan<byte> bytes, int offset, int maxCount, in CodecContext context, string? member = null)
    {
        ulong count = SequenceArea.ReadCount(bytes[offset..]);
        return count <= (ulong)maxCount
            ? (int)count
            : throw Error.BadCount(context, member, maxCount, count.ToString(Error.Culture));
    }

    /// <summary>Writes how many elements a list or set has.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    /// <param name="count">How many.</param>
    public static void WriteCount(Span<byte> bytes, int offset, int count) => SequenceArea.WriteCount(bytes[offset..], count);

    /// <summary>Checks that there is room for a list or set.</summary>
    /// <typeparam name="T">The type of an element.</typeparam>
    /// <param name="elements">The list or set.</param>
    /// <param name="maxCount">How many slots the layout says it has.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedValueException">It is null, or has more elements.</exception>
    public static void CheckCount<T>(IReadOnlyCollection<T>? elements, int maxCount, in CodecContext context, string? member = null)
    {
        if (elements is null)
        {
            throw Error.ValueDoesNotFit(context, member, "a collection", "null");
        }

        if (elements.Count > maxCount)
        {
            throw Error.ValueDoesNotFit(context, member, $"at most {maxCount} elements", $"{elements.Count}");
        }
    }

    /// <summary>Adds an element that was read to a set.</summary>
    /// <typeparam name="T">The type of an element.</typeparam>
    /// <param name="set">The set.</param>
    /// <param name="element">The element.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedFormatException">The set has the element already: what was read is not a set.</exception>
    public static void Add<T>(HashSet<T> set, T element, in CodecContext context, string? member = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        if (!set.Add(element))
        {
            throw Error.DuplicateElement(context, member);
        }
    }
}
