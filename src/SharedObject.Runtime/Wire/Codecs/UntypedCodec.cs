using System;
using SharedObjects.Internals;

namespace SharedObjects.Wire.Codecs;

/// <summary>The codec of objects whose type is known only at run time; their values are those of <see cref="UntypedValue"/>.</summary>
/// <typeparam name="T"><see cref="object"/>, or the type of the only values that this codec takes.</typeparam>
/// <param name="only">The tag of the only values that this codec takes, or null for all.</param>
internal sealed class UntypedCodec<T>(WireTag? only) : SharedCodec<T>
    where T : class?
{
    public override bool HasFixedKeys => false;

    public override ObjectLayout LayoutFor(in T value, string objectName, int initSize)
    {
        var layout = new ObjectLayout(
            UntypedValue.LayoutOf(UntypedValue.Normalise(value, objectName), CapacityRule.OfPython(initSize), objectName));
        return DifferenceFrom(layout) is { } difference // null, where there is but one type: it would be a None
            ? throw Error.LayoutDoesNotFit(objectName, difference)
            : layout;
    }

    public override string? DifferenceFrom(ObjectLayout found) =>
        only is { } tag && found.Value.Tag != tag ? $"expected {UntypedValue.NameOf(tag)}, found {found}"
        : found.Value.Tag == WireTag.Dynamic ? $"expected an object of a type that stays, found a {found}"
        : null;

    public override void Validate(in T value, in CodecContext context)
    {
        object? normal = UntypedValue.Normalise(value, context.ObjectName);
        if (UntypedValue.Misfit(context.Layout.Value, normal, context.ObjectName) is { } misfit)
        {
            throw Error.LayoutDoesNotFit(context.ObjectName, misfit);
        }
    }

    public override void Write(in T value, Span<byte> bytes, in CodecContext context) =>
        UntypedValue.Write(
            context.Layout.Value, UntypedValue.Normalise(value, context.ObjectName), bytes[ObjectHeader.DataOffset..]);

    public override T Read(ReadOnlySpan<byte> bytes, in CodecContext context)
    {
        // Python checks the sizes of a dict's keys before it assigns, not their contents: they may be others each time.
        ObjectLayout layout = context.Layout.FixedParts.Match(bytes)
            ? context.Layout
            : LayoutParser.Parse(bytes, out string? problem) ?? throw Error.NotAnObject(context.ObjectName, problem!);
        if (DifferenceFrom(layout) is { } difference)
        {
            throw Error.SchemaMismatch(context.ObjectName, typeof(T), difference); // no longer what was mounted
        }

        return (T)UntypedValue.Read(layout.Value, bytes[ObjectHeader.DataOffset..], context)!;
    }
}
