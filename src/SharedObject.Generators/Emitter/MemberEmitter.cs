using System.Collections.Generic;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Layout;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Emitter;

/// <summary>The pieces of source that each type of member needs, in terms of the constants that the codec has for it.</summary>
internal sealed partial class MemberEmitter(MemberModel member, MemberPlace place)
{
    private const string Wire = "global::SharedObjects.Wire.";

    private readonly string _label = CSharpText.Literal(member.Name);
    private readonly string _read = "Read" + member.Name;

    /// <summary>The member's name, as it stands in source.</summary>
    internal string Name { get; } = CSharpText.Identifier(member.Name);

    /// <summary>Where the value is.</summary>
    private string Offset => member.Value is ArrayValue or NumericsValue ? member.Name + "ElementsOffset" : member.Name + "Offset";

    private string Start => member.Name + "Start";

    private string Length => member.Name + "Length";

    private string Capacity => member.Name + "Capacity";

    /// <summary>The constants of the member.</summary>
    internal IEnumerable<(string Name, int Value)> Constants()
    {
        switch (member.Value)
        {
            case NestedValue:
                // A nested schema's codec counts from the first byte of an object, so its data area is where this one has it.
                yield return (Start, place.DataOffset - WireConstants.DataOffset);
                break;
            case ArrayValue { Form: ArrayForm.Flat, Array: var array }:
                yield return (Offset, place.ValueOffset);
                yield return (Length, (int)array.Length);
                break;
            case StringValue { Text: var text }:
                yield return (Offset, place.ValueOffset);
                yield return (Capacity, text.Capacity);
                break;
            case BytesValue { Text: var text }:
                yield return (Offset, place.ValueOffset);
                yield return (Capacity, text.Capacity);
                break;
            default:
                yield return (Offset, place.ValueOffset);
                break;
        }
    }

    /// <summary>The runtime's layout of the member.</summary>
    internal string Layout() => member.Value switch
    {
        NestedValue nested => $"{nested.TypeName}.{nested.CodecName}.FixedLayout!.Value",
        { Wire: ScalarWire scalar } => $"{Wire}ValueLayout.{scalar.Scalar}",
        { Wire: TextWire text } => $"{Wire}ValueLayout.{text.Text}({Capacity})",
        { Wire: ArrayWire array } => $"{Wire}ValueLayout.Array({Wire}DType.{array.Element.Name}, {string.Join(", ", array.Shape)})",
        var other => throw new System.NotSupportedException($"No layout for {other}."),
    };

    /// <summary>The statement that checks the member of <c>value</c>, or null where every value fits.</summary>
    internal string? Check() => member.Value switch
    {
        IntValue { Integer: "ulong", IsEnum: false } => $"{Wire}WireValue.CheckInt(value.{Name}, context, {_label});",
        IntValue { Integer: "ulong" } => $"{Wire}WireValue.CheckInt((ulong)value.{Name}, context, {_label});",
        StringValue => $"{Wire}WireValue.CheckString(value.{Name}, {Capacity}, context, {_label});",
        BytesValue => $"{Wire}WireValue.CheckBytes(value.{Name}, {Capacity}, context, {_label});",
        ArrayValue { Form: ArrayForm.Flat } => $"{Wire}WireArray.CheckLength(value.{Name}, {Length}, context, {_label});",
        ArrayValue { Form: ArrayForm.Tensor } array => $"{Wire}WireTensor.CheckShape(value.{Name}, [{Shape(array)}], context, {_label});",
        ArrayValue array => $"{Wire}WireArray.CheckShape(value.{Name}, [{Shape(array)}], context, {_label});",
        NestedValue nested => CheckNested(nested),
        _ => null,
    };

    /// <summary>The statement that writes the member of <c>value</c>.</summary>
    internal string Write() => member.Value switch
    {
        BoolValue => $"{Wire}WireValue.WriteBool(bytes, {Offset}, value.{Name});",
        IntValue { Integer: "ulong" } => $"{Wire}WireValue.WriteInt(bytes, {Offset}, unchecked((long)value.{Name}));",
        IntValue { IsEnum: true } => $"{Wire}WireValue.WriteInt(bytes, {Offset}, (long)value.{Name});",
        IntValue => $"{Wire}WireValue.WriteInt(bytes, {Offset}, value.{Name});",
        FloatValue => $"{Wire}WireValue.WriteFloat(bytes, {Offset}, value.{Name});",
        ComplexValue => $"{Wire}WireValue.WriteComplex(bytes, {Offset}, value.{Name});",
        PoseValue => $"{Wire}WireValue.WritePose(bytes, {Offset}, value.{Name});",
        StringValue => $"{Wire}WireValue.WriteString(bytes, {Offset}, {Capacity}, {NotNull});",
        BytesValue => $"{Wire}WireValue.WriteBytes(bytes, {Offset}, {Capacity}, {NotNull});",
        ArrayValue { Form: ArrayForm.Tensor } array => $"{Wire}WireTensor.Write<{Element(array)}>(bytes, {Offset}, {NotNull});",
        ArrayValue { Form: ArrayForm.Flat } array => $"{Wire}WireArray.Write<{Element(array)}>(bytes, {Offset}, {NotNull});",
        ArrayValue array => $"{Wire}WireArray.Write<{Element(array)}>(bytes, {Offset}, {Wire}WireArray.Elements({NotNull}));",
        NumericsValue numerics =>
            $"{Wire}WireNumerics.Write{NumericsMethod(numerics)}(bytes, {Offset}, value.{Name}{OrderArgument(numerics)});",
        NestedValue nested => $"{nested.TypeName}.{nested.CodecName}.Write({NotNull}, bytes.Slice({Start}), context);",
        var other => throw new System.NotSupportedException($"No way to write {other}."),
    };

    /// <summary>Whether reading the member can reuse what an earlier value has.</summary>
    internal bool Reuses => member.Value is BytesValue or ArrayValue or NestedValue;

    /// <summary>The expression that reads the member into something new.</summary>
    internal string Read() => Reuses ? ReadReusing(member.Value is NestedValue { IsReferenceType: false } ? "default" : "null") : ReadScalar();

    /// <summary>The expression that reads the member, into what <c>value</c> has there if that is possible.</summary>
    internal string ReadInto() => Reuses ? ReadReusing($"value.{Name}") : ReadScalar();

    private string NotNull => member.MayBeNull ? $"value.{Name}!" : $"value.{Name}";

    private string ReadReusing(string earlier) =>
        member.Value is NestedValue ? $"{_read}(bytes, {earlier}, context)" : $"{_read}(bytes, {earlier})";

    private string ReadScalar() => member.Value switch
    {
        BoolValue => $"{Wire}WireValue.ReadBool(bytes, {Offset})",
        IntValue { IsEnum: true } integer => $"({integer.TypeName}){ReadInteger(integer)}",
        IntValue integer => ReadInteger(integer),
        FloatValue { IsSingle: true } => $"{Wire}WireValue.ReadSingle(bytes, {Offset}, context, {_label})",
        FloatValue => $"{Wire}WireValue.ReadFloat(bytes, {Offset})",
        ComplexValue => $"{Wire}WireValue.ReadComplex(bytes, {Offset})",
        PoseValue => $"{Wire}WireValue.ReadPose(bytes, {Offset})",
        StringValue => $"{Wire}WireValue.ReadString(bytes, {Offset}, {Capacity}, context, {_label})",
        NumericsValue { IsFloat64: true } numerics =>
            $"{Wire}WireNumerics.Read{NumericsMethod(numerics)}(bytes, {Offset}{OrderArgument(numerics)}, context, {_label})",
        NumericsValue numerics => $"{Wire}WireNumerics.Read{NumericsMethod(numerics)}(bytes, {Offset}{OrderArgument(numerics)})",
        var other => throw new System.NotSupportedException($"No way to read {other}."),
    };

    private string ReadInteger(IntValue integer) => integer.Integer == "long"
        ? $"{Wire}WireValue.ReadInt(bytes, {Offset})"
        : $"{Wire}WireValue.ReadInt<{integer.Integer}>(bytes, {Offset}, context, {_label})";

    private static string NumericsMethod(NumericsValue numerics) => numerics.TypeName + (numerics.IsFloat64 ? "Float64" : "");

    private static string OrderArgument(NumericsValue numerics) =>
        numerics.QuaternionOrder is { } order ? $", global::SharedObjects.QuaternionOrder.{order}" : "";

    private static string Element(ArrayValue array) => array.Array.Element.CSharpName;

    private static string Shape(ArrayValue array) => string.Join(", ", array.Array.Shape);
}
