using System.Collections.Generic;
using System.Linq;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Layout;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Emitter;

/// <summary>The members of views and writers.</summary>
internal sealed partial class MemberEmitter
{
    private const string ReadOnlySpan = "global::System.ReadOnlySpan";
    private const string Span = "global::System.Span";
    private const string Tensors = "global::System.Numerics.Tensors.";
    private const string Toolkit = "global::CommunityToolkit.HighPerformance.";

    // A view's property may have the name of something that every object has.
    private static readonly HashSet<string> s_inherited =
        ["Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "ReferenceEquals", "ToString"];

    /// <summary>The modifiers of a property with the member's name.</summary>
    internal string Modifiers => s_inherited.Contains(member.Name) ? "public new" : "public";

    /// <summary>Whether views need the codec's helpers for bools.</summary>
    internal bool NeedsBools => member.Value is ArrayValue or InlineArrayValue && Array.Element == ElementType.Bool;

    private ArrayWire Array => (ArrayWire)member.Value.Wire;

    /// <summary>The member of a view, and its rows if it is an image.</summary>
    internal IEnumerable<string> ViewMembers(MemberScope scope) => member.Value switch
    {
        BytesValue =>
        [
            Property($"{ReadOnlySpan}<byte>", $"{Wire}WireValue.Payload({TextPlace(scope)})", "in place"),
        ],
        ArrayValue { IsVarying: true } => [LengthMember(scope, isReadOnly: true), .. VaryingMembers(scope, isReadOnly: true)],
        ArrayValue or InlineArrayValue => ArrayMembers(scope, isReadOnly: true),
        ListValue list => [Property(list.CSharpName, ReadListIn(scope), "a copy, made each time")],
        NestedValue nested =>
        [
            Property(
                $"{nested.TypeName}.{nested.Names.View}",
                $"new({scope.Bytes}.Slice({scope.Constants}{Start}), {scope.Context}.Within({_label}))",
                "in place"),
        ],
        _ => [Property(member.Value.CSharpName, ReadScalar(scope, pooled: true), note: null)],
    };

    /// <summary>The member of a writer, and its rows if it is an image.</summary>
    internal IEnumerable<string> WriterMembers(MemberScope scope) => member.Value switch
    {
        BytesValue => [Settable($"{ReadOnlySpan}<byte>", $"{Wire}WireValue.Payload({TextPlace(scope)})", scope)],
        ArrayValue { IsVarying: true } => [LengthMember(scope, isReadOnly: false), .. VaryingMembers(scope, isReadOnly: false)],
        ArrayValue or InlineArrayValue => ArrayMembers(scope, isReadOnly: false),
        ListValue list => [Settable(list.CSharpName, ReadListIn(scope), scope)],
        // A field, because what a property returns is no variable, and `w.Inner.Count = 1` would not compile.
        NestedValue nested => [$"{Summary(null)}\n{Modifiers} {nested.TypeName}.{nested.Names.Writer} {Name};"],
        _ => [Settable(member.Value.CSharpName, ReadScalar(scope, pooled: true), scope)],
    };

    /// <summary>The statement of a writer's constructor that makes the member's own writer; null for other members.</summary>
    internal string? NestedWriter(MemberScope scope) => member.Value is NestedValue nested
        ? $"this.{Name} = new(bytes.Slice({scope.Constants}{Start}), context.Within({_label}));"
        : null;

    private IEnumerable<string> ArrayMembers(MemberScope scope, bool isReadOnly)
    {
        string element = Element(Array), elements = Elements(scope, isReadOnly);
        string span = isReadOnly ? ReadOnlySpan : Span;
        string tensorSpan = $"{Tensors}{(isReadOnly ? "ReadOnly" : "")}TensorSpan";
        string note = NeedsBools && isReadOnly ? "a copy, made each time" : "in place";
        bool isTensor = Array.Shape.Count > 1 || member.Value is ArrayValue { Form: ArrayForm.Tensor };
        yield return isTensor
            ? Property($"{tensorSpan}<{element}>", $"new({elements}, [{Shape(Array)}])", note)
            : Property($"{span}<{element}>", elements, note);
        if (member.RowsName is not { } rows)
        {
            yield break;
        }

        int width = (int)(Array.Length / Array.Shape[0]);
        string kind = isReadOnly ? "ReadOnlySpan" : "Span";
        yield return
            $"""
            /// <summary>The rows of <c>{member.Name}</c>: {Array.Shape[0]} of {width} elements, {note}.</summary>
            public {Toolkit}{kind}2D<{element}> {CSharpText.Identifier(rows)} =>
                {Toolkit}{kind}Extensions.AsSpan2D<{element}>({elements}, {Array.Shape[0]}, {width});
            """;
    }

    /// <summary>The length of an array whose length varies.</summary>
    private string LengthMember(MemberScope scope, bool isReadOnly)
    {
        string c = scope.Constants, name = CSharpText.Identifier(member.LengthName!), where = $"{scope.Context}{LabelArgument}";
        string get = $"{Wire}WireRows.Count({scope.Bytes}, {c}{Counter}, {c}{Most}, {where})";
        string summary = $"/// <summary>The first length of <c>{member.Name}</c>: how many rows of the largest shape count.</summary>";
        return isReadOnly
            ? $"""
                {summary}
                public int {name} =>
                    {get};
                """
            : $$"""
                {{summary}}
                public int {{name}}
                {
                    get => {{get}};
                    set
                    {
                        {{Wire}}WireRows.CheckCount(value, {{c}}{{Most}}, {{where}});
                        {{Wire}}WireValue.WriteInt({{scope.Bytes}}, {{c}}{{Counter}}, value);
                    }
                }
                """;
    }

    /// <summary>An array whose length varies, and its rows if it can be an image: the length is read once, as it may change.</summary>
    private IEnumerable<string> VaryingMembers(MemberScope scope, bool isReadOnly)
    {
        string element = Element(Array), kind = isReadOnly ? "ReadOnly" : "";
        string note = NeedsBools && isReadOnly ? "a copy, made each time" : "in place";
        bool isTensor = Array.Shape.Count > 1 || member.Value is ArrayValue { Form: ArrayForm.Tensor };
        string tail = string.Concat(Array.Shape.Skip(1).Select(length => $", {length}"));
        string elements = ElementsOf(scope, isReadOnly, $"count * {scope.Constants}{Width}");
        yield return Varying(
            Modifiers,
            isTensor ? $"{Tensors}{kind}TensorSpan<{element}>" : $"global::System.{kind}Span<{element}>",
            Name,
            isTensor ? $"new({elements}, [count{tail}])" : elements,
            Summary($"fewer rows at times, {note}"));
        if (member.RowsName is { } rows)
        {
            yield return Varying(
                "public",
                $"{Toolkit}{kind}Span2D<{element}>",
                CSharpText.Identifier(rows),
                $"{Toolkit}{kind}SpanExtensions.AsSpan2D<{element}>({elements}, count, {scope.Constants}{Width})",
                $"/// <summary>The rows of <c>{member.Name}</c> that count, {note}.</summary>");
        }

        string Varying(string modifiers, string type, string name, string expression, string summary) =>
            $$"""
            {{summary}}
            {{modifiers}} {{type}} {{name}}
            {
                get
                {
                    int count = this.{{CSharpText.Identifier(member.LengthName!)}};
                    return {{expression}};
                }
            }
            """;
    }

    private string ReadListIn(MemberScope scope) => $"{scope.Constants}{_read}({scope.Bytes}, null, {scope.Context})";

    private string Elements(MemberScope scope, bool isReadOnly) =>
        ElementsOf(scope, isReadOnly, scope.Constants + Length, Array.Element.Size > 1 ? scope.Constants + Size : null);

    /// <summary>The first elements of the array.</summary>
    /// <param name="scope">The names of what is around.</param>
    /// <param name="isReadOnly">Whether they can't be changed.</param>
    /// <param name="length">How many.</param>
    /// <param name="size">Their size in bytes, if there is a constant for it.</param>
    private string ElementsOf(MemberScope scope, bool isReadOnly, string length, string? size = null)
    {
        string c = scope.Constants, element = Element(Array);
        if (NeedsBools)
        {
            string method = isReadOnly ? "CopyBools" : "NormaliseBools";
            return $"{c}{method}({scope.Bytes}, {c}{Offset}, {length})";
        }

        size ??= Array.Element.Size > 1 ? $"{length} * {Array.Element.Size}" : length;
        string slice = $"{scope.Bytes}.Slice({c}{Offset}, {size})";
        return element == "byte"
            ? slice
            : $"global::System.Runtime.InteropServices.MemoryMarshal.Cast<byte, {element}>({slice})";
    }

    private string TextPlace(MemberScope scope) =>
        $"{scope.Bytes}, {scope.Constants}{Offset}, {scope.Constants}{Capacity}";

    private string Property(string type, string expression, string? note) =>
        $"""
        {Summary(note)}
        {Modifiers} {type} {Name} =>
            {expression};
        """;

    private string Settable(string type, string getter, MemberScope scope)
    {
        IEnumerable<string> statements = new[] { Check(scope), Write(scope) }.OfType<string>();
        return $$"""
            {{Summary(null)}}
            {{Modifiers}} {{type}} {{Name}}
            {
                get => {{getter}};
                set
                {
                    {{string.Join("\n", statements).Replace("\n", "\n        ")}}
                }
            }
            """;
    }

    private string Summary(string? note) =>
        $"/// <summary><c>{member.Name}</c>: {member.Value.Wire.Description}{(note is null ? "" : ", " + note)}.</summary>";
}
