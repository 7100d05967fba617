using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Emitter;

/// <summary>The members that reading can reuse, and those that the runtime has no single call for.</summary>
internal sealed partial class MemberEmitter
{
    /// <summary>The codec's own method for reading the member, if it has one.</summary>
    internal string? ReadHelper() => member.Value switch
    {
        BytesValue => BytesHelper(),
        ArrayValue { Form: ArrayForm.Flat } array => FlatHelper(array.Array.Element.CSharpName),
        ArrayValue { Form: ArrayForm.Tensor } array => TensorHelper(array),
        ArrayValue array => RankedHelper(array),
        NestedValue nested => NestedHelper(nested),
        _ => null,
    };

    private string BytesHelper() =>
        $$"""
        private static byte[] {{_read}}(global::System.ReadOnlySpan<byte> bytes, byte[]? earlier)
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
        private static {{element}}[] {{_read}}(global::System.ReadOnlySpan<byte> bytes, {{element}}[]? earlier)
        {
            {{element}}[] array = earlier is { Length: {{Length}} } ? earlier : global::System.GC.AllocateUninitializedArray<{{element}}>({{Length}});
            {{Wire}}WireArray.Read<{{element}}>(bytes, {{Offset}}, array);
            return array;
        }
        """;

    private string RankedHelper(ArrayValue array)
    {
        string element = Element(array), shape = Shape(array);
        string rank = array.Form == ArrayForm.Rank2 ? "[,]" : "[,,]";
        return $$"""
            private static {{element}}{{rank}} {{_read}}(global::System.ReadOnlySpan<byte> bytes, {{element}}{{rank}}? earlier)
            {
                {{element}}{{rank}} array = earlier is not null && {{Wire}}WireArray.HasShape(earlier, [{{shape}}]) ? earlier : new {{element}}[{{shape}}];
                {{Wire}}WireArray.Read<{{element}}>(bytes, {{Offset}}, {{Wire}}WireArray.Elements(array));
                return array;
            }
            """;
    }

    private string NestedHelper(NestedValue nested)
    {
        string question = nested.IsReferenceType ? "?" : "", sure = nested.IsReferenceType ? "!" : "";
        return $$"""
            private static {{nested.TypeName}} {{_read}}(global::System.ReadOnlySpan<byte> bytes, {{nested.TypeName}}{{question}} earlier, in {{Wire}}CodecContext context)
            {
                {{nested.TypeName}}.{{nested.CodecName}}.ReadInto(bytes.Slice({{Start}}), ref earlier{{sure}}, context);
                return earlier;
            }
            """;
    }

    private string CheckNested(NestedValue nested)
    {
        string validate = $"{nested.TypeName}.{nested.CodecName}.Validate({NotNull}, context);";
        return nested.IsReferenceType ? $"global::System.ArgumentNullException.ThrowIfNull(value.{Name});\n{validate}" : validate;
    }

    private string TensorHelper(ArrayValue array)
    {
        string tensor = $"global::System.Numerics.Tensors.Tensor<{Element(array)}>";
        return $$"""
            private static {{tensor}} {{_read}}(global::System.ReadOnlySpan<byte> bytes, {{tensor}}? earlier)
            {
                {{Wire}}WireTensor.ReadInto(bytes, {{Offset}}, [{{Shape(array)}}], ref earlier);
                return earlier;
            }
            """;
    }
}
