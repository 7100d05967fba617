using System.Collections.Generic;
using System.Linq;
using SharedObjects.Generators.Layout;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Emitter;

/// <summary>The members that reading can reuse, and those that the runtime has no single call for.</summary>
internal sealed partial class MemberEmitter
{
    /// <summary>The codec's own methods for the member.</summary>
    internal IEnumerable<string> Helpers() => member.Value switch
    {
        BytesValue => [BytesHelper()],
        ArrayValue { IsVarying: true } array => [VaryingHelper(array)],
        ListValue list => [CheckList(list), WriteList(list), ReadList(list)],
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
                {{ValueEmitter.CodecOf(nested)}}.ReadInto(bytes.Slice({{Start}}), ref earlier{{sure}}, context);
                return earlier;
            }
            """;
    }

    private string VaryingHelper(ArrayValue array)
    {
        string element = Element(array.Array), type = array.CSharpName, width = string.Join(", ", array.Array.Shape.Skip(1));
        string shape = width.Length == 0 ? "[count]" : $"[count, {width}]";
        string head =
            $$"""
            private static {{type}} {{_read}}({{ReadOnlyBytes}}, {{type}}? earlier, in {{Wire}}CodecContext context)
            {
                int count = {{Wire}}WireRows.Count(bytes, {{Counter}}, {{Most}}, context{{LabelArgument}});
            """;
        string body = array.Form switch
        {
            ArrayForm.Tensor =>
                $"""
                    {Wire}WireTensor.ReadInto(bytes, {Offset}, {shape}, ref earlier);
                    return earlier;
                """,
            ArrayForm.Flat =>
                $"""
                    {type} array = earlier is not null && earlier.Length == count * {Width}
                        ? earlier
                        : global::System.GC.AllocateUninitializedArray<{element}>(count * {Width});
                    {Wire}WireArray.Read<{element}>(bytes, {Offset}, array);
                    return array;
                """,
            _ =>
                $"""
                    {type} array = earlier is not null && {Wire}WireArray.HasShape(earlier, {shape})
                        ? earlier
                        : new {element}{shape};
                    {Wire}WireArray.Read<{element}>(bytes, {Offset}, {Wire}WireArray.Elements(array));
                    return array;
                """,
        };
        return $"{head}\n{body}\n}}";
    }

    private const string Marshal = "global::System.Runtime.InteropServices.CollectionsMarshal";

    // The element in the slot that begins at `at`; its tag comes first.
    private ValuePlace Slot => new("bytes", "at", "context", Label);

    private string FirstSlot => $"{Offset} + {WireConstants.SequenceHeadSize + WireConstants.TagSize}";

    private string CheckList(ListValue list)
    {
        string checks = string.Join(
            "\n        ", ValueEmitter.Check(list.Element, "item" + ValueEmitter.Sure(list.Element), Slot));
        string loop = checks.Length == 0
            ? ""
            : $$"""

                foreach ({{list.ElementName}} item in elements)
                {
                    {{checks}}
                }
            """;
        return $$"""
            internal static void Check{{member.Name}}({{list.CSharpName}} elements, in {{Wire}}CodecContext context)
            {
                {{Wire}}WireSequence.CheckCount(elements, {{Most}}, context{{LabelArgument}});{{loop}}
            }
            """;
    }

    private string WriteList(ListValue list)
    {
        string writes = string.Join(
            "\n        ", ValueEmitter.Write(list.Element, "item" + ValueEmitter.Sure(list.Element), Slot));
        string elements = list.List.IsSet ? "elements" : $"{Marshal}.AsSpan(elements)";
        return $$"""
            internal static void Write{{member.Name}}(
                global::System.Span<byte> bytes, {{list.CSharpName}} elements, in {{Wire}}CodecContext context)
            {
                int count = 0;
                foreach ({{list.ElementName}} item in {{elements}})
                {
                    if (count == {{Most}})
                    {
                        break; // another thread has added to it since it was checked
                    }

                    int at = {{FirstSlot}} + (count * {{Size}});
                    {{writes}}
                    count++;
                }

                {{Wire}}WireSequence.WriteCount(bytes, {{Offset}}, count);
            }
            """;
    }

    private string ReadList(ListValue list)
    {
        string type = list.CSharpName, element = list.ElementName;
        string prepare = list.List.IsSet
            ? "elements.Clear();"
            : $"""
                {Marshal}.SetCount(elements, count);
                    global::System.Span<{element}> items = {Marshal}.AsSpan(elements);
                """;
        string read = ValueEmitter.Read(list.Element, Slot, pooled: true);
        string take = (list.List.IsSet, list.Element) switch
        {
            (true, _) => $"{Wire}WireSequence.Add(elements, {read}, context{LabelArgument});",
            (_, NestedValue nested) =>
                $"{ValueEmitter.CodecOf(nested)}.ReadInto({ValueEmitter.NestedBytes(Slot)}, ref items[i]{ValueEmitter.Sure(nested)}, "
                    + $"{Slot.ContextWithin});",
            _ => $"items[i] = {read};",
        };
        return $$"""
            internal static {{type}} {{_read}}({{ReadOnlyBytes}}, {{type}}? earlier, in {{Wire}}CodecContext context)
            {
                int count = {{Wire}}WireSequence.Count(bytes, {{Offset}}, {{Most}}, context{{LabelArgument}});
                {{type}} elements = earlier ?? new {{type}}(count);
                {{prepare}}
                for (int i = 0; i < count; i++)
                {
                    int at = {{FirstSlot}} + (i * {{Size}});
                    {{take}}
                }

                return elements;
            }
            """;
    }
}
