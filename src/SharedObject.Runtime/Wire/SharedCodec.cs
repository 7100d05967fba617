using System;
using SharedObjects.Internals;
using SharedObjects.Objects;

namespace SharedObjects.Wire;

/// <summary>
/// The contract between the runtime and generated code: how values of <typeparamref name="T"/> are laid out, read and
/// written. A codec has no state and is used by any number of handles and threads at once.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <remarks>
/// The runtime checks an object's layout once when it is mounted (<see cref="DifferenceFrom"/>), and the fixed bytes each
/// time they may have changed. A codec is therefore only ever given bytes that are as long as the layout says. It must not
/// trust anything else in them: they may come from other people's programs.
/// </remarks>
public abstract class SharedCodec<T> : ILayoutContract
{
    /// <summary>The layout of every object of this codec, or null where it depends on the object's first value.</summary>
    public virtual ObjectLayout? FixedLayout => null;

    /// <summary>
    /// Whether the keys of the object's dicts are known in advance. If so, the runtime compares them with the bytes that
    /// it reads; if not, the codec reads them.
    /// </summary>
    public virtual bool HasFixedKeys => true;

    /// <summary>
    /// Whether <see cref="Read"/> and <see cref="ReadInto"/> only load and copy: whatever the bytes are, they throw nothing, and call
    /// nothing that could be surprised by them. The runtime then lets them read shared memory itself, and throws away what came of it if
    /// a write came between.
    /// </summary>
    public virtual bool IsPlain => false;

    /// <summary>A hash of the schema, the same wherever the schema is the same; 0 if there is none.</summary>
    public virtual ulong SchemaHash => 0;

    /// <summary>The layout of a new object whose first value is <paramref name="value"/>.</summary>
    /// <param name="value">The first value.</param>
    /// <param name="objectName">The object's name, for messages.</param>
    /// <param name="initSize">Python's <c>init_size</c>: the least capacity of texts and byte strings.</param>
    /// <exception cref="SharedValueException">The value can't be shared.</exception>
    public virtual ObjectLayout LayoutFor(in T value, string objectName, int initSize) =>
        FixedLayout ?? throw new NotSupportedException($"{GetType()} must say what layout a new object has.");

    /// <summary>
    /// The first thing about an object's layout that keeps this codec from reading and writing it, for people to read, or
    /// null if there is none.
    /// </summary>
    /// <param name="found">The layout of the object.</param>
    public virtual string? DifferenceFrom(ObjectLayout found)
    {
        ArgumentNullException.ThrowIfNull(found);
        return FixedLayout?.Value.DifferenceFrom(found.Value, compareKeys: HasFixedKeys);
    }

    bool ILayoutContract.Accepts(ObjectLayout layout) => DifferenceFrom(layout) is null;

    void ILayoutContract.Check(string name, ObjectLayout layout)
    {
        if (DifferenceFrom(layout) is { } difference)
        {
            throw layout.Value.Tag == WireTag.Dynamic
                ? Error.IsDynamic(name, typeof(T))
                : Error.SchemaMismatch(name, typeof(T), difference);
        }
    }

    /// <summary>
    /// Checks all that could keep <see cref="Write"/> from writing <paramref name="value"/>, so that a value that does not
    /// fit changes nothing.
    /// </summary>
    /// <param name="value">The value to be written.</param>
    /// <param name="context">The object.</param>
    /// <exception cref="SharedValueException">The value does not fit the object.</exception>
    public abstract void Validate(in T value, in CodecContext context);

    /// <summary>
    /// Writes a value that <see cref="Validate"/> has passed. The fixed bytes are there already; what the value leaves over
    /// in texts and byte strings must be cleared.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="bytes">The object, from its first byte on. The stamp in its first eight bytes is not the codec's.</param>
    /// <param name="context">The object.</param>
    public abstract void Write(in T value, Span<byte> bytes, in CodecContext context);

    /// <summary>Reads a value.</summary>
    /// <param name="bytes">The object, from its first byte on.</param>
    /// <param name="context">The object.</param>
    /// <exception cref="SharedFormatException">The bytes are not a <typeparamref name="T"/>.</exception>
    /// <exception cref="SharedRangeException">A number does not fit its C# member.</exception>
    public abstract T Read(ReadOnlySpan<byte> bytes, in CodecContext context);

    /// <summary>Reads a value into an earlier one, whose arrays are filled again where their shapes allow it.</summary>
    /// <param name="bytes">The object, from its first byte on.</param>
    /// <param name="value">The earlier value, or the default; afterwards the value read.</param>
    /// <param name="context">The object.</param>
    /// <exception cref="SharedFormatException">The bytes are not a <typeparamref name="T"/>.</exception>
    /// <exception cref="SharedRangeException">A number does not fit its C# member.</exception>
    public virtual void ReadInto(ReadOnlySpan<byte> bytes, ref T value, in CodecContext context) =>
        value = Read(bytes, context);
}
