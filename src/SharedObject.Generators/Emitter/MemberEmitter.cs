using System.Collections.Generic;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Layout;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Emitter;

/// <summary>The pieces of source that each type of member needs, in terms of the constants that the codec has for it.</summary>
/// <param name="member">The member.</param>
/// <param name="place">Where it is.</param>
/// <param name="isBare">Whether it is a value by itself, an object of a group, and not a member of <c>value</c>.</param>
internal sealed partial class MemberEmitter(MemberModel member, MemberPlace place, bool isBare = false)
{
    private const string Wire = "global::SharedObjects.Wire.";
    private const string ReadOnlyBytes = "global::System.ReadOnlySpan<byte> bytes";

    private readonly string _label = CSharpText.Literal(member.Name);
    private readonly string _read = "Read" + member.Name;
    private readonly MemberScope _codec = MemberScope.OfCodec(
        isBare ? "value" : "value." + CSharpText.Identifier(member.Name));

    /// <summary>The member's name, as it stands in source.</summary>
    internal string Name { get; } = CSharpText.Identifier(member.Name);

    /// <summary>A local variable for the member's new value.</summary>
    internal string Local { get; } = "new" + member.Name;

    /// <summary>Whether reading the member can reuse what an earlier value has.</summary>
    internal bool Reuses => member.Value is BytesValue or ArrayValue or NestedValue;

    /// <summary>Whether reading into an earlier value is another thing than making a new one.</summary>
    internal bool ReadsIntoDifferently => Reuses || member.Value is StringValue;

    /// <summary>Whether reading the member only loads and copies.</summary>
    internal bool IsPlain => member.Value.IsPlain;

    /// <summary>Whether the member is a schema itself.</summary>
    internal bool IsNested => member.Value is NestedValue;

    /// <summary>Where the value is: an ndarray's first element, for all other types the data area.</summary>
    private string Offset => member.Name + "Offset";

    private string Start => member.Name + "Start";

    private string Length => member.Name + "Length";

    private string Size => member.Name + "Size";

    private string Capacity => member.Name + "Capacity";

    // An object of its own is named in messages anyway.
    private string LabelArgument => isBare ? "" : ", " + _label;

    /// <summary>The constants of the member.</summary>
    internal IEnumerable<(string Name, int Value)> Constants()
    {
        switch (member.Value)
        {
            case NestedValue:
                // A nested schema's codec counts from the first byte of an object, so its data area is where this one has it.
                yield return (Start, place.DataOffset - WireConstants.DataOffset);
                break;
            case NumericsValue:
                yield return (Offset, place.ValueOffset);
                break;
            case { Wire: ArrayWire array }:
                yield return (Offset, place.ValueOffset);
                yield return (Length, (int)array.Length);
                if (array.Element.Size > 1 && !isBare)
                {
                    yield return (Size, (int)array.ElementsSize);
                }

                break;
            case { Wire: TextWire text }:
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
        NestedValue nested => $"{CodecOf(nested)}.FixedLayout!.Value",
        { Wire: ScalarWire scalar } => $"{Wire}ValueLayout.{scalar.Scalar}",
        { Wire: TextWire text } => $"{Wire}ValueLayout.{text.Text}({Capacity})",
        { Wire: ArrayWire array } =>
            $"{Wire}ValueLayout.Array({Wire}DType.{array.Element.Name}, {string.Join(", ", array.Shape)})",
        var other => throw new System.NotSupportedException($"No layout for {other}."),
    };

    /// <summary>The statement that checks the member of <c>value</c>, or null where every value fits.</summary>
    internal string? Check() => Check(_codec);

    /// <summary>The statement that writes the member of <c>value</c>.</summary>
    internal string Write() => Write(_codec);

    /// <summary>The expression that reads the member into something new.</summary>
    internal string Read() => member.Value switch
    {
        NestedValue nested => $"{CodecOf(nested)}.Read(bytes.Slice({Start}), context.Within({_label}))",
        InlineArrayValue => $"{_read}(bytes)",
        _ when Reuses => $"{_read}(bytes, null)",
        _ => ReadScalar(_codec, pooled: false),
    };

    /// <summary>The expression that reads the member, into what <c>value</c> has there if that is possible.</summary>
    internal string ReadInto() => member.Value switch
    {
        NestedValue => $"{_read}(bytes, {_codec.Value}, context.Within({_label}))",
        InlineArrayValue => $"{_read}(bytes)",
        _ when Reuses => $"{_read}(bytes, {_codec.Value})",
        _ => ReadScalar(_codec, pooled: true),
    };

    private string? Check(MemberScope scope)
    {
        string arguments = $"{scope.Context}{LabelArgument}", c = scope.Constants;
        return member.Value switch
        {
            IntValue { Integer: "ulong" } integer =>
                $"{Wire}WireValue.CheckInt({(integer.IsEnum ? "(ulong)" : "")}{scope.Value}, {arguments});",
            StringValue => $"{Wire}WireValue.CheckString({scope.Value}, {c}{Capacity}, {arguments});",
            BytesValue => $"{Wire}WireValue.CheckBytes({scope.Value}, {c}{Capacity}, {arguments});",
            ArrayValue { Form: ArrayForm.Flat } =>
                $"{Wire}WireArray.CheckLength({scope.Value}, {c}{Length}, {arguments});",
            ArrayValue { Form: ArrayForm.Tensor } array =>
                $"{Wire}WireTensor.CheckShape({scope.Value}, [{Shape(array.Array)}], {arguments});",
            ArrayValue array => $"{Wire}WireArray.CheckShape({scope.Value}, [{Shape(array.Array)}], {arguments});",
            NestedValue nested => $"{CodecOf(nested)}.Validate({NotNull}, {scope.Context}.Within({_label}));",
            _ => null,
        };
    }

    private string Write(MemberScope scope)
    {
        string place = $"{scope.Bytes}, {scope.Constants}{Offset}", value = scope.Value;
        string capacity = scope.Constants + Capacity;
        return member.Value switch
        {
            BoolValue => $"{Wire}WireValue.WriteBool({place}, {value});",
            IntValue { Integer: "ulong" } => $"{Wire}WireValue.WriteInt({place}, unchecked((long){value}));",
            IntValue { IsEnum: true } => $"{Wire}WireValue.WriteInt({place}, (long){value});",
            IntValue => $"{Wire}WireValue.WriteInt({place}, {value});",
            FloatValue => $"{Wire}WireValue.WriteFloat({place}, {value});",
            ComplexValue => $"{Wire}WireValue.WriteComplex({place}, {value});",
            PoseValue => $"{Wire}WireValue.WritePose({place}, {value});",
            StringValue => $"{Wire}WireValue.WriteString({place}, {capacity}, {NotNullIn(scope)});",
            BytesValue => $"{Wire}WireValue.WriteBytes({place}, {capacity}, {NotNullIn(scope)});",
            ArrayValue { Form: ArrayForm.Tensor } array =>
                $"{Wire}WireTensor.Write<{Element(array.Array)}>({place}, {NotNull});",
            ArrayValue { Form: ArrayForm.Flat } array =>
                $"{Wire}WireArray.Write<{Element(array.Array)}>({place}, {NotNull});",
            ArrayValue array =>
                $"{Wire}WireArray.Write<{Element(array.Array)}>({place}, {Wire}WireArray.Elements({NotNull}));",
            InlineArrayValue => $"Write{member.Name}({scope.Bytes}, {value});",
            NumericsValue numerics =>
                $"{Wire}WireNumerics.Write{NumericsMethod(numerics)}({place}, {value}{OrderArgument(numerics)});",
            NestedValue nested => $"{CodecOf(nested)}.Write({NotNull}, {scope.Bytes}.Slice({Start}), {scope.Context});",
            var other => throw new System.NotSupportedException($"No way to write {other}."),
        };
    }

    private string ReadScalar(MemberScope scope, bool pooled)
    {
        string place = $"{scope.Bytes}, {scope.Constants}{Offset}", where = $"{scope.Context}{LabelArgument}";
        return member.Value switch
        {
            BoolValue => $"{Wire}WireValue.ReadBool({place})",
            IntValue { IsEnum: true } integer => $"({integer.TypeName}){ReadInteger(integer, place, where)}",
            IntValue integer => ReadInteger(integer, place, where),
            FloatValue { IsSingle: true } => $"{Wire}WireValue.ReadSingle({place}, {where})",
            FloatValue => $"{Wire}WireValue.ReadFloat({place})",
            ComplexValue => $"{Wire}WireValue.ReadComplex({place})",
            PoseValue => $"{Wire}WireValue.ReadPose({place})",
            StringValue =>
                $"{Wire}WireValue.Read{(pooled ? "Pooled" : "")}String({place}, {scope.Constants}{Capacity}, {where})",
            NumericsValue { IsFloat64: true } numerics =>
                $"{Wire}WireNumerics.Read{NumericsMethod(numerics)}({place}{OrderArgument(numerics)}, {where})",
            NumericsValue numerics =>
                $"{Wire}WireNumerics.Read{NumericsMethod(numerics)}({place}{OrderArgument(numerics)})",
            var other => throw new System.NotSupportedException($"No way to read {other}."),
        };
    }

    private string NotNull => NotNullIn(_codec);

    private string NotNullIn(MemberScope scope) =>
        member.MayBeNull && scope == _codec ? scope.Value + "!" : scope.Value;

    private static string ReadInteger(IntValue integer, string place, string where) => integer.Integer == "long"
        ? $"{Wire}WireValue.ReadInt({place})"
        : $"{Wire}WireValue.ReadInt<{integer.Integer}>({place}, {where})";

    private static string CodecOf(NestedValue nested) => $"{nested.TypeName}.{nested.Names.Codec}";

    private static string NumericsMethod(NumericsValue numerics) =>
        numerics.TypeName + (numerics.IsFloat64 ? "Float64" : "");

    private static string OrderArgument(NumericsValue numerics) =>
        numerics.QuaternionOrder is { } order ? $", global::SharedObjects.QuaternionOrder.{order}" : "";

    private static string Element(ArrayWire array) => array.Element.CSharpName;

    private static string Shape(ArrayWire array) => string.Join(", ", array.Shape);
}
