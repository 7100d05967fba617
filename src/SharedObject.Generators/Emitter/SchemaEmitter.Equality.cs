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

        // `this.`, because a member may be called `other` (or `hash`, below).
        for (int i = 0; i < equality.Parts.Count; i++)
        {
            EqualityPart part = equality.Parts[i];
            string equal = part.Form == EqualityForm.Default
                ? $"global::System.Collections.Generic.EqualityComparer<{part.TypeName}>.Default.Equals(this.{part.Name}, other.{part.Name})"
                : $"{Names.CodecClass}.SameElements(this.{part.Name}, other.{part.Name})";
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
            /// <summary>A hash of all members; of an array, the first elements count.</summary>
            {GeneratedCode.Attribute}
            public override int GetHashCode()
            """);
        _writer.OpenBlock();
        _writer.WriteLine("global::System.HashCode hash = default;");
        foreach (EqualityPart part in equality.Parts)
        {
            _writer.WriteLine(part.Form switch
            {
                EqualityForm.Array => $"{Names.CodecClass}.AddElements(ref hash, this.{part.Name});",
                EqualityForm.Tensor => $"hash.Add(this.{part.Name}?.FlattenedLength);",
                EqualityForm.Default => $"hash.Add(this.{part.Name});",
                _ => $"{Names.CodecClass}.AddElements(ref hash, this.{part.Name} is null ? default : {Wire}WireArray.Elements(this.{part.Name}));",
            });
        }

        _writer.WriteLine("return hash.ToHashCode();");
        _writer.CloseBlock();
        _writer.WriteLine();
    }

    private void EmitEqualityHelpers(EqualityModel equality)
    {
        EqualityForm[] forms = [.. equality.Parts.Select(part => part.Form).Distinct().Where(form => form != EqualityForm.Default)];
        foreach (EqualityForm form in forms)
        {
            _writer.WriteLine();
            _writer.WriteLine(SameElements(form));
        }

        if (equality.EmitsGetHashCode && forms.Any(form => form != EqualityForm.Tensor))
        {
            _writer.WriteLine();
            _writer.WriteLine(
                """
                internal static void AddElements<T>(ref global::System.HashCode hash, global::System.ReadOnlySpan<T> elements)
                {
                    // A few elements tell values apart well enough; an image has a million.
                    foreach (T element in elements.Slice(0, global::System.Math.Min(elements.Length, 16)))
                    {
                        hash.Add(element);
                    }
                }
                """);
        }
    }

    private static string SameElements(EqualityForm form)
    {
        (string type, string[] same) = form switch
        {
            EqualityForm.Array => ("T[]", ["global::System.MemoryExtensions.SequenceEqual<T>(left, right)"]),
            EqualityForm.Rank2 => ("T[,]", SameRanked(rank: 2)),
            EqualityForm.Rank3 => ("T[,,]", SameRanked(rank: 3)),
            _ => ("global::System.Numerics.Tensors.Tensor<T>", new[] { "global::System.Numerics.Tensors.Tensor.SequenceEqual<T>(left, right)" }),
        };
        return $$"""
            internal static bool SameElements<T>({{type}}? left, {{type}}? right)
                where T : unmanaged, global::System.IEquatable<T> =>
                left is null || right is null
                    ? left is null && right is null
                    : {{string.Join("\n            && ", same)}};
            """;
    }

    private static string[] SameRanked(int rank) =>
    [
        .. Enumerable.Range(0, rank).Select(i => $"left.GetLength({i}) == right.GetLength({i})"),
        $"global::System.MemoryExtensions.SequenceEqual<T>({Wire}WireArray.Elements(left), {Wire}WireArray.Elements(right))",
    ];
}
