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
        ArrayValue or InlineArrayValue => ArrayMembers(scope, isReadOnly: true),
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
        ArrayValue or InlineArrayValue => ArrayMembers(scope, isReadOnly: false),
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

    private string Elements(MemberScope scope, bool isReadOnly)
    {
        string c = scope.Constants, element = Element(Array);
        if (NeedsBools)
        {
            string method = isReadOnly ? "CopyBools" : "NormaliseBools";
            return $"{c}{method}({scope.Bytes}, {c}{Offset}, {c}{Length})";
        }

        string slice = $"{scope.Bytes}.Slice({c}{Offset}, {c}{(Array.Element.Size > 1 ? Size : Length)})";
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
                    {{string.Join("\n        ", statements)}}
                }
            }
            """;
    }

    private string Summary(string? note) =>
        $"/// <summary><c>{member.Name}</c>: {member.Value.Wire.Description}{(note is null ? "" : ", " + note)}.</summary>";
}
