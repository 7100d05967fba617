using System.Collections.Generic;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Emitter;

/// <summary>The members that reading can reuse, and those that the runtime has no single call for.</summary>
internal sealed partial class MemberEmitter
{
    /// <summary>The codec's own methods for the member.</summary>
    internal IEnumerable<string> Helpers() => member.Value switch
    {
        BytesValue => [BytesHelper()],
        ArrayValue { Form: ArrayForm.Flat } array => [FlatHelper(Element(array.Array))],
        ArrayValue { Form: ArrayForm.Tensor } array => [TensorHelper(array)],
        ArrayValue array => [RankedHelper(array)],
        InlineArrayValue inline => [ReadInline(inline), WriteInline(inline)],
        NestedValue nested => [NestedHelper(nested)],
        _ => [],
    };

    private string BytesHelper() =>
        $$"""
        private static byte[] {{_read}}({{ReadOnlyBytes}}, byte[]? earlier)
        {
            global::System.ReadOnlySpan<byte> payload = {{Wire}}WireValue.Payload(bytes, {{Offset}}, {{Capacity}});
            if (earlier is null || earlier.Length != payload.Length)
            {
                return payload.ToArray();
            }

            payload.CopyTo(earlier);
            return earlier;
        }
        """;

    private string FlatHelper(string element) =>
        $$"""
        private static {{element}}[] {{_read}}({{ReadOnlyBytes}}, {{element}}[]? earlier)
        {
            {{element}}[] array = earlier is { Length: {{Length}} }
                ? earlier
                : global::System.GC.AllocateUninitializedArray<{{element}}>({{Length}});
            {{Wire}}WireArray.Read<{{element}}>(bytes, {{Offset}}, array);
            return array;
        }
        """;

    private string RankedHelper(ArrayValue array)
    {
        string element = Element(array.Array), shape = Shape(array.Array), type = array.CSharpName;
        return $$"""
            private static {{type}} {{_read}}({{ReadOnlyBytes}}, {{type}}? earlier)
            {
                {{type}} array = earlier is not null && {{Wire}}WireArray.HasShape(earlier, [{{shape}}])
                    ? earlier
                    : new {{element}}[{{shape}}];
                {{Wire}}WireArray.Read<{{element}}>(bytes, {{Offset}}, {{Wire}}WireArray.Elements(array));
                return array;
            }
            """;
    }

    private string TensorHelper(ArrayValue array) =>
        $$"""
        private static {{array.CSharpName}} {{_read}}({{ReadOnlyBytes}}, {{array.CSharpName}}? earlier)
        {
            {{Wire}}WireTensor.ReadInto(bytes, {{Offset}}, [{{Shape(array.Array)}}], ref earlier);
            return earlier;
        }
        """;

    private string ReadInline(InlineArrayValue inline) =>
        $$"""
        private static {{inline.TypeName}} {{_read}}({{ReadOnlyBytes}})
        {
            {{inline.TypeName}} array = default;
            {{Wire}}WireArray.Read<{{Element(inline.Array)}}>(bytes, {{Offset}}, array);
            return array;
        }
        """;

    // The language makes a span of an inline array only where that is a variable.
    private string WriteInline(InlineArrayValue inline) =>
        $"""
        private static void Write{member.Name}(global::System.Span<byte> bytes, in {inline.TypeName} array) =>
            {Wire}WireArray.Write<{Element(inline.Array)}>(bytes, {Offset}, array);
        """;

    private string NestedHelper(NestedValue nested)
    {
        string question = nested.IsReferenceType ? "?" : "", sure = nested.IsReferenceType ? "!" : "";
        string type = nested.TypeName;
        return $$"""
            private static {{type}} {{_read}}(
                {{ReadOnlyBytes}}, {{type}}{{question}} earlier, in {{Wire}}CodecContext context)
            {
                {{CodecOf(nested)}}.ReadInto(bytes.Slice({{Start}}), ref earlier{{sure}}, context);
                return earlier;
            }
            """;
    }
}
