using System.Linq;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Emitter;

/// <summary>Equality of records through the elements of their arrays.</summary>
internal sealed partial class SchemaEmitter
{
    private void EmitEquality(EqualityModel equality)
    {
        bool isReference = _schema.Type.IsReferenceType;
        _writer.WriteLine(
            $"""
            /// <summary>Whether all members are equal, arrays by their shapes and elements.</summary>
            /// <param name="other">The other value.</param>
            {GeneratedCode.Attribute}
            public {(equality.IsVirtual ? "virtual " : "")}bool Equals({TypeName}{(isReference ? "?" : "")} other) =>
            """);
        _writer.Indentation++;
        if (isReference)
        {
            _writer.WriteLine("other is not null");
        }

        if (equality.IsVirtual)
        {
            _writer.WriteLine("&& EqualityContract == other.EqualityContract");
        }

        for (int i = 0; i < equality.Parts.Count; i++)
        {
            EqualityPart part = equality.Parts[i];
            string equal = part.Form == EqualityForm.Default
                ? $"global::System.Collections.Generic.EqualityComparer<{part.TypeName}>.Default.Equals({part.Name}, other.{part.Name})"
                : $"{Names.CodecClass}.SameElements({part.Name}, other.{part.Name})";
            string and = i > 0 || isReference ? "&& " : "", end = i == equality.Parts.Count - 1 ? ";" : "";
            _writer.WriteLine($"{and}{equal}{end}");
        }

        _writer.Indentation--;
        _writer.WriteLine();
        if (equality.EmitsGetHashCode)
        {
            EmitGetHashCode(equality);
        }
    }

    private void EmitGetHashCode(EqualityModel equality)
    {
        _writer.WriteLine(
            $"""
            /// <summary>A hash of all members; of an array, its length and its first elements count.</summary>
            {GeneratedCode.Attribute}
            public override int GetHashCode()
            """);
        _writer.OpenBlock();
        _writer.WriteLine("global::System.HashCode hash = default;");
        foreach (EqualityPart part in equality.Parts)
        {
            _writer.WriteLine(part.Form == EqualityForm.Default
                ? $"hash.Add({part.Name});"
                : $"{Names.CodecClass}.AddElements(ref hash, {part.Name});");
        }

        _writer.WriteLine("return hash.ToHashCode();");
        _writer.CloseBlock();
        _writer.WriteLine();
    }

    private void EmitEqualityHelpers(EqualityModel equality)
    {
        foreach (EqualityForm form in equality.Parts.Select(part => part.Form).Distinct().Where(form => form != EqualityForm.Default))
        {
            _writer.WriteLine();
            _writer.WriteLine(SameElements(form));
            if (equality.EmitsGetHashCode)
            {
                _writer.WriteLine();
                _writer.WriteLine(AddElements(form));
            }
        }
    }

    private static string SameElements(EqualityForm form) =>
        $$"""
        internal static bool SameElements<T>({{TypeOf(form)}}? left, {{TypeOf(form)}}? right)
            where T : unmanaged, global::System.IEquatable<T> =>
            left is null || right is null
                ? left is null && right is null
                : {{form switch
                {
                    EqualityForm.Array => "global::System.MemoryExtensions.SequenceEqual<T>(left, right)",
                    EqualityForm.Rank2 =>
                        $"left.GetLength(0) == right.GetLength(0) && left.GetLength(1) == right.GetLength(1) && global::System.MemoryExtensions.SequenceEqual<T>({Wire}WireArray.Elements(left), {Wire}WireArray.Elements(right))",
                    EqualityForm.Rank3 =>
                        $"left.GetLength(0) == right.GetLength(0) && left.GetLength(1) == right.GetLength(1) && left.GetLength(2) == right.GetLength(2) && global::System.MemoryExtensions.SequenceEqual<T>({Wire}WireArray.Elements(left), {Wire}WireArray.Elements(right))",
                    _ => "global::System.Numerics.Tensors.Tensor.SequenceEqual<T>(left, right)",
                }}};
        """;

    private static string AddElements(EqualityForm form)
    {
        string elements = form switch
        {
            EqualityForm.Array => "elements",
            EqualityForm.Tensor => "elements",
            _ => $"{Wire}WireArray.Elements(elements)",
        };
        return $$"""
            internal static void AddElements<T>(ref global::System.HashCode hash, {{TypeOf(form)}}? elements)
                where T : unmanaged
            {
                // A few elements tell values apart well enough; an image has a million.
                int count = 0;
                foreach (T element in elements is null ? [] : {{elements}})
                {
                    if (++count > 16)
                    {
                        return;
                    }

                    hash.Add(element);
                }
            }
            """;
    }

    private static string TypeOf(EqualityForm form) => form switch
    {
        EqualityForm.Array => "T[]",
        EqualityForm.Rank2 => "T[,]",
        EqualityForm.Rank3 => "T[,,]",
        _ => "global::System.Numerics.Tensors.Tensor<T>",
    };
}
