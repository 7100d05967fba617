using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Parser;

/// <summary>Whether a record needs an equality that looks into its arrays, and what that compares.</summary>
internal static class EqualityParser
{
    internal static EqualityModel? Parse(INamedTypeSymbol type)
    {
        if (!type.IsRecord || IsWritten(type, nameof(Equals), type))
        {
            return null;
        }

        var parts = new List<EqualityPart>();
        foreach (IFieldSymbol field in type.GetMembers().OfType<IFieldSymbol>().Where(field => !field.IsStatic))
        {
            // What the compiler compares are the fields; those of automatic properties have no name that one could write.
            ISymbol named = field.AssociatedSymbol ?? field;
            if (!named.CanBeReferencedByName)
            {
                return null;
            }

            parts.Add(new EqualityPart(CSharpText.Identifier(named.Name), KnownTypes.SourceName(field.Type), FormOf(field.Type)));
        }

        return parts.All(part => part.Form == EqualityForm.Default)
            ? null
            : new EqualityModel(
                parts.ToImmutableEquatableArray(),
                IsVirtual: type is { IsReferenceType: true, IsSealed: false },
                EmitsGetHashCode: !IsWritten(type, nameof(GetHashCode)));
    }

    private static EqualityForm FormOf(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { Rank: <= 3 } array when KnownTypes.ElementOf(array.ElementType) is not null => array.Rank switch
        {
            1 => EqualityForm.Array,
            2 => EqualityForm.Rank2,
            _ => EqualityForm.Rank3,
        },
        _ when KnownTypes.Is(type, "System.Numerics.Tensors", "Tensor") => EqualityForm.Tensor,
        _ => EqualityForm.Default,
    };

    private static bool IsWritten(INamedTypeSymbol type, string method, params ITypeSymbol[] parameters) =>
        type.GetMembers(method).OfType<IMethodSymbol>().Any(candidate =>
            !candidate.IsImplicitlyDeclared
            && !KnownTypes.IsGenerated(candidate)
            && candidate.Parameters.Select(parameter => parameter.Type).SequenceEqual(parameters, SymbolEqualityComparer.Default));
}
