using System.Collections.Generic;
using System.Linq;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Emitter;

/// <summary>Equality of records through the elements of their arrays.</summary>
/// <param name="writer">Where it is written.</param>
/// <param name="type">The record.</param>
/// <param name="equality">What is compared.</param>
/// <param name="helpers">The private class that has the <see cref="Helpers"/>.</param>
internal sealed class EqualityEmitter(SourceWriter writer, TypeModel type, EqualityModel equality, string helpers)
{
    private const string WireEquality = "global::SharedObjects.Wire.WireEquality";

    internal void Emit()
    {
        bool isReference = type.IsReferenceType;
        string @virtual = equality.IsVirtual ? "virtual " : "", question = isReference ? "?" : "";
        writer.WriteLine(
            $"""
            /// <summary>Whether all members are equal, arrays by their shapes and elements.</summary>
            /// <param name="other">The other value.</param>
            {GeneratedCode.Attribute}
            public {@virtual}bool Equals({type.Declaration.Name}{question} other) =>
            """);
        writer.Indentation++;
        if (isReference)
        {
            writer.WriteLine("other is not null");
        }

        if (equality.IsVirtual)
        {
            writer.WriteLine("&& EqualityContract == other.EqualityContract");
        }

        // `this.`, because a member may be called `other` (or `hash`, below).
        for (int i = 0; i < equality.Parts.Count; i++)
        {
            EqualityPart part = equality.Parts[i];
            string pair = $"(this.{part.Name}, other.{part.Name})";
            string equal = part.Form switch
            {
                EqualityForm.Default =>
                    $"global::System.Collections.Generic.EqualityComparer<{part.TypeName}>.Default.Equals{pair}",
                EqualityForm.InlineArray => $"{helpers}.SameElements{pair}",
                _ => $"{WireEquality}.SameElements{pair}",
            };
            string and = i > 0 || isReference ? "&& " : "", end = i == equality.Parts.Count - 1 ? ";" : "";
            writer.WriteLine($"{and}{equal}{end}");
        }

        writer.Indentation--;
        writer.WriteLine();
        if (equality.EmitsGetHashCode)
        {
            EmitGetHashCode();
        }
    }

    /// <summary>What the language can't say in an expression: spans of inline arrays.</summary>
    internal IEnumerable<string> Helpers()
    {
        foreach (EqualityPart part in equality.Parts
            .Where(part => part.Form == EqualityForm.InlineArray)
            .GroupBy(part => part.TypeName)
            .Select(group => group.First()))
        {
            yield return
                $"""
                internal static bool SameElements(in {part.TypeName} left, in {part.TypeName} right) =>
                    global::System.MemoryExtensions.SequenceEqual<{part.ElementName}>(left, right);
                """;
            if (equality.EmitsGetHashCode)
            {
                yield return
                    $"""
                    internal static void AddElements(ref global::System.HashCode hash, in {part.TypeName} elements) =>
                        {WireEquality}.AddElements<{part.ElementName}>(ref hash, elements);
                    """;
            }
        }
    }

    private void EmitGetHashCode()
    {
        writer.WriteLine(
            $"""
            /// <summary>A hash of all members; of an array, the first elements count.</summary>
            {GeneratedCode.Attribute}
            public override int GetHashCode()
            """);
        writer.OpenBlock();
        writer.WriteLine("global::System.HashCode hash = default;");
        foreach (EqualityPart part in equality.Parts)
        {
            string member = $"this.{part.Name}";
            writer.WriteLine(part.Form switch
            {
                EqualityForm.Array => $"{WireEquality}.AddElements(ref hash, {member});",
                EqualityForm.Collection => $"hash.Add({member}?.Count);",
                EqualityForm.Tensor => $"hash.Add({member}?.FlattenedLength);",
                EqualityForm.Default => $"hash.Add({member});",
                EqualityForm.InlineArray => $"{helpers}.AddElements(ref hash, {member});",
                _ => $"{WireEquality}.AddElements(ref hash, "
                    + $"{member} is null ? default : global::SharedObjects.Wire.WireArray.Elements({member}));",
            });
        }

        writer.WriteLine("return hash.ToHashCode();");
        writer.CloseBlock();
        writer.WriteLine();
    }
}
