using System;
using System.Collections.Immutable;
using System.Linq;

namespace SharedObjects.Wire;

/// <summary>
/// What is fixed about a value for the life of its object: its type, and the sizes, shapes and keys that follow the tag.
/// Immutable, and known either from a schema, from a first value, or from a segment.
/// </summary>
public abstract class ValueLayout
{
    private protected ValueLayout(WireTag tag, int dataSize)
    {
        Tag = tag;
        DataSize = dataSize;
    }

    /// <summary>The layout of <c>None</c>.</summary>
    public static ValueLayout None { get; } = new ScalarLayout(WireTag.None);

    /// <summary>The layout of a <c>bool</c>.</summary>
    public static ValueLayout Bool { get; } = new ScalarLayout(WireTag.Bool);

    /// <summary>The layout of an <c>int</c>.</summary>
    public static ValueLayout Int { get; } = new ScalarLayout(WireTag.Int);

    /// <summary>The layout of a <c>float</c>.</summary>
    public static ValueLayout Float { get; } = new ScalarLayout(WireTag.Float);

    /// <summary>The layout of a <c>complex</c>.</summary>
    public static ValueLayout Complex { get; } = new ScalarLayout(WireTag.Complex);

    /// <summary>The layout of a <c>Pose</c>.</summary>
    public static ValueLayout Pose { get; } = new ScalarLayout(WireTag.Pose);

    /// <summary>The type tag.</summary>
    public WireTag Tag { get; }

    /// <summary>The size in bytes of the data area, which follows the tag.</summary>
    public int DataSize { get; }

    /// <summary>The layout of a <c>str</c>.</summary>
    /// <param name="capacity">How many bytes of UTF-8 it can hold (D - 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is negative or too large for an object.</exception>
    public static ValueLayout Str(int capacity) => new BytesLayout(WireTag.Str, capacity);

    /// <summary>The layout of a <c>bytes</c>.</summary>
    /// <param name="capacity">How many bytes it can hold (D - 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is negative or too large for an object.</exception>
    public static ValueLayout Bytes(int capacity) => new BytesLayout(WireTag.Bytes, capacity);

    /// <summary>The layout of a <c>bytearray</c>.</summary>
    /// <param name="capacity">How many bytes it can hold (D - 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is negative or too large for an object.</exception>
    public static ValueLayout ByteArray(int capacity) => new BytesLayout(WireTag.ByteArray, capacity);

    /// <summary>The layout of an ndarray.</summary>
    /// <param name="dtype">The element type.</param>
    /// <param name="shape">The lengths, outermost first; none for a 0-d array.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is negative, or the array is too large for an object.</exception>
    public static ValueLayout Array(DType dtype, params ReadOnlySpan<int> shape) => new ArrayLayout(dtype, [.. shape]);

    /// <summary>The layout of a dict.</summary>
    /// <param name="items">The items in order.</param>
    /// <exception cref="ArgumentOutOfRangeException">The dict is too large for an object.</exception>
    public static ValueLayout Dict(params ReadOnlySpan<DictItem> items) => new DictLayout([.. items]);

    /// <summary>The layout of a tuple.</summary>
    /// <param name="elements">The layouts of the elements in order.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tuple is too large for an object.</exception>
    public static ValueLayout Tuple(params ReadOnlySpan<ValueLayout> elements) => new SequenceLayout(WireTag.Tuple, [.. elements]);

    /// <summary>The layout of a list whose elements are of one type.</summary>
    /// <param name="element">The layout of an element.</param>
    /// <param name="maxCount">How many elements there is room for.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative, or the list is too large for an object.</exception>
    public static ValueLayout List(ValueLayout element, int maxCount) => Uniform(WireTag.List, element, maxCount);

    /// <summary>The layout of a set whose elements are of one type.</summary>
    /// <param name="element">The layout of an element.</param>
    /// <param name="maxCount">How many elements there is room for.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative, or the set is too large for an object.</exception>
    public static ValueLayout Set(ValueLayout element, int maxCount) => Uniform(WireTag.Set, element, maxCount);

    /// <summary>The layout as Python would describe the value, such as <c>ndarray float64 (7,)</c>.</summary>
    public abstract override string ToString();

    /// <summary>Whether a value need not fill its data area, because a list or set in it may have fewer elements than slots.</summary>
    internal virtual bool HasSpareSlots => false;

    /// <summary>Appends the bytes of the data area that no assign of this layout changes, and skips all others.</summary>
    internal abstract void AppendFixed(FixedPartsBuilder parts);

    /// <summary>
    /// Writes into a zeroed data area what an object of this layout holds before it was assigned, where that is not all
    /// zeros: empty strings, the identity pose.
    /// </summary>
    internal virtual void WriteInitialValue(Span<byte> data)
    {
    }

    /// <summary>
    /// The first difference of <paramref name="found"/> from this layout, for people to read, or null where values of
    /// one can be read as values of the other.
    /// </summary>
    /// <param name="found">The other layout.</param>
    /// <param name="compareKeys">Whether the contents of dict keys count; Python's own check before an assign leaves them out.</param>
    internal string? DifferenceFrom(ValueLayout found, bool compareKeys)
    {
        if (ReferenceEquals(this, found))
        {
            return null;
        }

        return Tag == found.Tag ? DifferenceFromSameTag(found, compareKeys) : Difference(this, found);
    }

    private protected abstract string? DifferenceFromSameTag(ValueLayout found, bool compareKeys);

    private static SequenceLayout Uniform(WireTag tag, ValueLayout element, int maxCount)
    {
        ArgumentNullException.ThrowIfNull(element);
        ArgumentOutOfRangeException.ThrowIfNegative(maxCount);
        // Before the slots are made: there would be too many to hold in memory.
        ArgumentOutOfRangeException.ThrowIfGreaterThan((1L + element.DataSize) * maxCount, ObjectLayout.MaxBufferSize, nameof(maxCount));
        return new SequenceLayout(tag, ImmutableArray.CreateRange(Enumerable.Repeat(element, maxCount)));
    }

    private protected static string Difference(ValueLayout expected, ValueLayout found) =>
        $"expected {expected}, found {found}";
}
