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
    internal bool Reuses => member.Value is BytesValue or ArrayValue or NestedValue or ListValue;

    /// <summary>Whether reading into an earlier value is another thing than making a new one.</summary>
    internal bool ReadsIntoDifferently => Reuses || member.Value is StringValue or TupleValue;

    /// <summary>Whether reading the member only loads and copies.</summary>
    internal bool IsPlain => member.Value.IsPlain;

    /// <summary>Whether the member is a schema itself.</summary>
    internal bool IsNested => member.Value is NestedValue;

    /// <summary>Whether reading the member can both fail and change what an earlier value has.</summary>
    internal bool ReusesAndMayFail => member.Value is NestedValue or ListValue or ArrayValue { IsVarying: true };

    /// <summary>Where the value is: an ndarray's first element, for all other types the data area.</summary>
    private string Offset => member.Name + "Offset";

    private string Start => member.Name + "Start";

    private string Length => member.Name + "Length";

    private string Size => member.Name + "Size";

    private string Capacity => member.Name + "Capacity";

    /// <summary>How many rows or elements there are at most, where their number varies.</summary>
    private string Most => member.Name + "Most";

    /// <summary>How many elements a row has, where the number of rows varies.</summary>
    private string Width => member.Name + "Width";

    /// <summary>Where the number of rows is, where it varies.</summary>
    private string Counter => member.Name + "Counter";

    // An object of its own is named in messages anyway.
    private string? Label => isBare ? null : _label;

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
            case ArrayValue { IsVarying: true, Array: var array }:
                yield return (Offset, place.ValueOffset);
                yield return (Counter, place.CounterOffset);
                yield return (Most, array.Shape[0]);
                yield return (Width, (int)(array.Length / array.Shape[0]));
                break;
            case ListValue list:
                yield return (Offset, place.ValueOffset);
                yield return (Most, list.List.MaxCount);
                yield return (Size, (int)list.List.SlotSize);
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

    /// <summary>The items of the member in a dict: its own, and that of its length where that varies.</summary>
    internal IEnumerable<(string Key, string Layout)> Items()
    {
        yield return (member.Key, Layout());
        if (member.LengthKey is { } lengthKey)
        {
            yield return (lengthKey, $"{Wire}ValueLayout.Int");
        }
    }

    /// <summary>The runtime's layout of the member.</summary>
    internal string Layout() => ValueEmitter.Layout(member.Value, member.Value is ListValue ? Most : Capacity);

    /// <summary>The statement that checks the member of <c>value</c>, or null where every value fits.</summary>
    internal string? Check() => Check(_codec);

    /// <summary>The statement that writes the member of <c>value</c>.</summary>
    internal string Write() => Write(_codec);

    /// <summary>The expression that reads the member into something new.</summary>
    internal string Read() => member.Value switch
    {
        NestedValue nested => $"{ValueEmitter.CodecOf(nested)}.Read(bytes.Slice({Start}), context.Within({_label}))",
        InlineArrayValue => $"{_read}(bytes)",
        _ when Reuses => $"{_read}(bytes, null{ContextArgument})",
        _ => ReadScalar(_codec, pooled: false),
    };

    /// <summary>The expression that reads the member, into what <c>value</c> has there if that is possible.</summary>
    internal string ReadInto() => member.Value switch
    {
        NestedValue => $"{_read}(bytes, {_codec.Value}, context.Within({_label}))",
        InlineArrayValue => $"{_read}(bytes)",
        _ when Reuses => $"{_read}(bytes, {_codec.Value}{ContextArgument})",
        _ => ReadScalar(_codec, pooled: true),
    };

    private string ContextArgument => ReusesAndMayFail ? ", context" : "";

    private string? Check(MemberScope scope)
    {
        string arguments = $"{scope.Context}{LabelArgument}", c = scope.Constants;
        return member.Value switch
        {
            ArrayValue { IsVarying: true, Form: ArrayForm.Flat } =>
                $"{Wire}WireRows.CheckLength({scope.Value}, {c}{Most}, {c}{Width}, {arguments});",
            ArrayValue { IsVarying: true } array =>
                $"{Wire}WireRows.CheckShape({scope.Value}, [{Shape(array.Array)}], {arguments});",
            ArrayValue { Form: ArrayForm.Flat } =>
                $"{Wire}WireArray.CheckLength({scope.Value}, {c}{Length}, {arguments});",
            ArrayValue { Form: ArrayForm.Tensor } array =>
                $"{Wire}WireTensor.CheckShape({scope.Value}, [{Shape(array.Array)}], {arguments});",
            ArrayValue array => $"{Wire}WireArray.CheckShape({scope.Value}, [{Shape(array.Array)}], {arguments});",
            ListValue => $"{c}Check{member.Name}({NotNullIn(scope)}, {scope.Context});",
            NestedValue nested => $"{ValueEmitter.CodecOf(nested)}.Validate({NotNull}, {scope.Context}.Within({_label}));",
            _ => Joined(ValueEmitter.Check(member.Value, scope.Value, PlaceIn(scope))),
        };
    }

    private string Write(MemberScope scope)
    {
        string place = $"{scope.Bytes}, {scope.Constants}{Offset}", value = scope.Value;
        return member.Value switch
        {
            ArrayValue { IsVarying: true } array =>
                $"{Wire}WireValue.WriteInt({scope.Bytes}, {scope.Constants}{Counter}, {RowCount(array)});\n" + WriteElements(array, place),
            ArrayValue array => WriteElements(array, place),
            InlineArrayValue => $"Write{member.Name}({scope.Bytes}, {value});",
            ListValue => $"{scope.Constants}Write{member.Name}({scope.Bytes}, {NotNullIn(scope)}, {scope.Context});",
            NestedValue nested => $"{ValueEmitter.CodecOf(nested)}.Write({NotNull}, {scope.Bytes}.Slice({Start}), {scope.Context});",
            _ => Joined(ValueEmitter.Write(member.Value, NotNullIn(scope), PlaceIn(scope)))!,
        };
    }

    private string WriteElements(ArrayValue array, string place) => array.Form switch
    {
        ArrayForm.Tensor => $"{Wire}WireTensor.Write<{Element(array.Array)}>({place}, {NotNull});",
        ArrayForm.Flat => $"{Wire}WireArray.Write<{Element(array.Array)}>({place}, {NotNull});",
        _ => $"{Wire}WireArray.Write<{Element(array.Array)}>({place}, {Wire}WireArray.Elements({NotNull}));",
    };

    private string RowCount(ArrayValue array) => array.Form switch
    {
        ArrayForm.Tensor => $"{NotNull}.Lengths[0]",
        ArrayForm.Flat => $"{NotNull}.Length / {Width}",
        _ => $"{NotNull}.GetLength(0)",
    };

    private string ReadScalar(MemberScope scope, bool pooled) => ValueEmitter.Read(member.Value, PlaceIn(scope), pooled);

    private ValuePlace PlaceIn(MemberScope scope) =>
        new(scope.Bytes, scope.Constants + Offset, scope.Context, Label, scope.Constants + Capacity, IsMember: true);

    private string NotNull => NotNullIn(_codec);

    private string NotNullIn(MemberScope scope) =>
        member.MayBeNull && scope == _codec ? scope.Value + "!" : scope.Value;

    private static string? Joined(IEnumerable<string> statements)
    {
        string text = string.Join("\n", statements);
        return text.Length == 0 ? null : text;
    }

    private static string Element(ArrayWire array) => array.Element.CSharpName;

    private static string Shape(ArrayWire array) => string.Join(", ", array.Shape);
}
