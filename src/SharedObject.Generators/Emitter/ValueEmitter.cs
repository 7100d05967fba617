using System.Collections.Generic;
using System.Linq;
using SharedObjects.Generators.Layout;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Emitter;

/// <summary>Where a value is and who wants to know, in source.</summary>
/// <param name="Bytes">The object's bytes.</param>
/// <param name="Offset">Where the value's data area begins.</param>
/// <param name="Context">The codec's context.</param>
/// <param name="Label">The member that the value belongs to, as a literal; null for the object's own value.</param>
/// <param name="Capacity">The constant with the capacity of a text; null where it is written as a number.</param>
/// <param name="IsMember">Whether the offset is a member's constant, which for an ndarray is that of its elements.</param>
internal sealed record ValuePlace(
    string Bytes, string Offset, string Context, string? Label, string? Capacity = null, bool IsMember = false)
{
    internal string Where => Label is null ? Context : $"{Context}, {Label}";

    internal string ContextWithin => Label is null ? Context : $"{Context}.Within({Label})";

    internal ValuePlace At(int distance) => this with { Offset = $"{Offset} + {distance}", Capacity = null, IsMember = false };
}

/// <summary>
/// The pieces of source for values that need no method of their own: scalars, texts, vectors, and what stands in tuples and lists.
/// </summary>
internal static class ValueEmitter
{
    private const string Wire = "global::SharedObjects.Wire.";

    /// <summary>The runtime's layout of a value.</summary>
    /// <param name="model">The value.</param>
    /// <param name="capacity">The constant with the capacity of a text or list; null where it is written as a number.</param>
    internal static string Layout(ValueModel model, string? capacity = null) => model switch
    {
        NestedValue nested => $"{CodecOf(nested)}.FixedLayout!.Value",
        TupleValue tuple => $"{Wire}ValueLayout.Tuple({string.Join(", ", tuple.Elements.Select(element => Layout(element)))})",
        ListValue list =>
            $"{Wire}ValueLayout.{(list.List.IsSet ? "Set" : "List")}({Layout(list.Element)}, {capacity ?? $"{list.List.MaxCount}"})",
        { Wire: ScalarWire scalar } => $"{Wire}ValueLayout.{scalar.Scalar}",
        { Wire: TextWire text } => $"{Wire}ValueLayout.{text.Text}({capacity ?? $"{text.Capacity}"})",
        { Wire: ArrayWire array } =>
            $"{Wire}ValueLayout.Array({Wire}DType.{array.Element.Name}, {string.Join(", ", array.Shape)})",
        var other => throw new System.NotSupportedException($"No layout for {other}."),
    };

    /// <summary>The statements that check a value; none where every value fits.</summary>
    internal static IEnumerable<string> Check(ValueModel model, string value, ValuePlace place) => model switch
    {
        IntValue { Integer: "ulong" } integer =>
            [$"{Wire}WireValue.CheckInt({(integer.IsEnum ? "(ulong)" : "")}{value}, {place.Where});"],
        StringValue text => [$"{Wire}WireValue.CheckString({value}, {CapacityOf(text.Text, place)}, {place.Where});"],
        BytesValue bytes => [$"{Wire}WireValue.CheckBytes({value}, {CapacityOf(bytes.Text, place)}, {place.Where});"],
        NestedValue nested => [$"{CodecOf(nested)}.Validate({value}, {place.ContextWithin});"],
        TupleValue tuple => EachOf(tuple, value, place).SelectMany(part => Check(part.Element, part.Value, part.Place)),
        _ => [],
    };

    /// <summary>The statements that write a value that was checked.</summary>
    internal static IEnumerable<string> Write(ValueModel model, string value, ValuePlace place)
    {
        string at = $"{place.Bytes}, {place.Offset}";
        return model switch
        {
            BoolValue => [$"{Wire}WireValue.WriteBool({at}, {value});"],
            IntValue { Integer: "ulong" } => [$"{Wire}WireValue.WriteInt({at}, unchecked((long){value}));"],
            IntValue { IsEnum: true } => [$"{Wire}WireValue.WriteInt({at}, (long){value});"],
            IntValue => [$"{Wire}WireValue.WriteInt({at}, {value});"],
            FloatValue => [$"{Wire}WireValue.WriteFloat({at}, {value});"],
            ComplexValue => [$"{Wire}WireValue.WriteComplex({at}, {value});"],
            PoseValue => [$"{Wire}WireValue.WritePose({at}, {value});"],
            StringValue text => [$"{Wire}WireValue.WriteString({at}, {CapacityOf(text.Text, place)}, {value});"],
            BytesValue bytes => [$"{Wire}WireValue.WriteBytes({at}, {CapacityOf(bytes.Text, place)}, {value});"],
            NumericsValue numerics =>
            [
                $"{Wire}WireNumerics.Write{NumericsMethod(numerics)}({place.Bytes}, {ElementsOffset(numerics, place)}, "
                    + $"{value}{OrderArgument(numerics)});",
            ],
            NestedValue nested => [$"{CodecOf(nested)}.Write({value}, {NestedBytes(place)}, {place.ContextWithin});"],
            TupleValue tuple => EachOf(tuple, value, place).SelectMany(part => Write(part.Element, part.Value, part.Place)),
            var other => throw new System.NotSupportedException($"No way to write {other}."),
        };
    }

    /// <summary>The expression that reads a value into something new.</summary>
    /// <param name="model">The value.</param>
    /// <param name="place">Where it is.</param>
    /// <param name="pooled">Whether texts come from the pool.</param>
    internal static string Read(ValueModel model, ValuePlace place, bool pooled)
    {
        string at = $"{place.Bytes}, {place.Offset}";
        return model switch
        {
            BoolValue => $"{Wire}WireValue.ReadBool({at})",
            IntValue { IsEnum: true } integer => $"({integer.TypeName}){ReadInteger(integer, at, place.Where)}",
            IntValue integer => ReadInteger(integer, at, place.Where),
            FloatValue { IsSingle: true } => $"{Wire}WireValue.ReadSingle({at}, {place.Where})",
            FloatValue => $"{Wire}WireValue.ReadFloat({at})",
            ComplexValue => $"{Wire}WireValue.ReadComplex({at})",
            PoseValue => $"{Wire}WireValue.ReadPose({at})",
            StringValue text =>
                $"{Wire}WireValue.Read{(pooled ? "Pooled" : "")}String({at}, {CapacityOf(text.Text, place)}, {place.Where})",
            BytesValue bytes => $"{Wire}WireValue.ReadBytes({at}, {CapacityOf(bytes.Text, place)})",
            NumericsValue numerics =>
                $"{Wire}WireNumerics.Read{NumericsMethod(numerics)}({place.Bytes}, {ElementsOffset(numerics, place)}"
                    + $"{OrderArgument(numerics)}{(numerics.IsFloat64 ? ", " + place.Where : "")})",
            NestedValue nested => $"{CodecOf(nested)}.Read({NestedBytes(place)}, {place.ContextWithin})",
            TupleValue tuple => $"({string.Join(", ", EachOf(tuple, "", place).Select(part => Read(part.Element, part.Place, pooled)))})",
            var other => throw new System.NotSupportedException($"No way to read {other}."),
        };
    }

    internal static string CodecOf(NestedValue nested) => $"{nested.TypeName}.{nested.Names.Codec}";

    /// <summary>The object as the codec of a nested schema sees it: it counts from the first byte of an object.</summary>
    internal static string NestedBytes(ValuePlace place) => $"{place.Bytes}.Slice({place.Offset} - {WireConstants.DataOffset})";

    private static IEnumerable<(ValueModel Element, string Value, ValuePlace Place)> EachOf(
        TupleValue tuple, string value, ValuePlace place)
    {
        int[] offsets = [.. tuple.Tuple.Offsets()];
        return tuple.Elements.Select((element, i) => (element, $"{value}.Item{i + 1}{Sure(element)}", place.At(offsets[i])));
    }

    /// <summary>What follows an element that may be declared with a <c>?</c>: its check has refused null.</summary>
    internal static string Sure(ValueModel element) =>
        element is StringValue or BytesValue or NestedValue { IsReferenceType: true } ? "!" : "";

    private static string CapacityOf(TextWire text, ValuePlace place) => place.Capacity ?? $"{text.Capacity}";

    private static string ElementsOffset(NumericsValue numerics, ValuePlace place) =>
        place.IsMember ? place.Offset : $"{place.Offset} + {numerics.Array.ElementsOffset}";

    private static string ReadInteger(IntValue integer, string at, string where) => integer.Integer == "long"
        ? $"{Wire}WireValue.ReadInt({at})"
        : $"{Wire}WireValue.ReadInt<{integer.Integer}>({at}, {where})";

    private static string NumericsMethod(NumericsValue numerics) =>
        numerics.TypeName + (numerics.IsFloat64 ? "Float64" : "");

    private static string OrderArgument(NumericsValue numerics) =>
        numerics.QuaternionOrder is { } order ? $", global::SharedObjects.QuaternionOrder.{order}" : "";
}
