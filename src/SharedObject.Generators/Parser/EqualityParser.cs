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

            parts.Add(PartOf(CSharpText.Identifier(named.Name), field.Type));
        }

        return parts.All(part => part.Form == EqualityForm.Default)
            ? null
            : new EqualityModel(
                parts.ToImmutableEquatableArray(),
                IsVirtual: type is { IsReferenceType: true, IsSealed: false },
                EmitsGetHashCode: !IsWritten(type, nameof(GetHashCode)));
    }

    private static EqualityPart PartOf(string name, ITypeSymbol type)
    {
        string typeName = KnownTypes.AnnotatedName(type.WithNullableAnnotation(NullableAnnotation.NotAnnotated));
        return type switch
        {
            IArrayTypeSymbol { Rank: <= 3 } array when KnownTypes.ElementOf(array.ElementType) is not null =>
                new EqualityPart(name, typeName, array.Rank == 1 ? EqualityForm.Array : EqualityForm.RankedArray),
            INamedTypeSymbol { TypeArguments: [var element] }
                when KnownTypes.Is(type, "System.Numerics.Tensors", "Tensor")
                    && KnownTypes.ElementOf(element) is not null =>
                new EqualityPart(name, typeName, EqualityForm.Tensor),
            _ when KnownTypes.CollectionOf(type) is not null => new EqualityPart(name, typeName, EqualityForm.Collection),
            _ when KnownTypes.InlineArrayOf(type) is { } inline
                && KnownTypes.ElementOf(inline.Element) is { } element
                && !type.GetMembers(nameof(Equals)).Any(member => member.IsOverride) =>
                new EqualityPart(name, typeName, EqualityForm.InlineArray, element.CSharpName),
            _ => new EqualityPart(name, typeName, EqualityForm.Default),
        };
    }

    private static bool IsWritten(INamedTypeSymbol type, string method, params ITypeSymbol[] parameters) =>
        type.GetMembers(method).OfType<IMethodSymbol>().Any(candidate =>
            !candidate.IsImplicitlyDeclared
            && !KnownTypes.IsGenerated(candidate)
            && candidate.Parameters
                .Select(parameter => parameter.Type)
                .SequenceEqual(parameters, SymbolEqualityComparer.Default));
}
