using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SharedObjects.Generators.Parser;

/// <summary>The exact places that diagnostics point at.</summary>
internal static class Locations
{
    /// <summary>A symbol's name.</summary>
    internal static Location Name(ISymbol symbol) => symbol.Locations.FirstOrDefault() ?? Location.None;

    /// <summary>The type in a member's declaration.</summary>
    internal static Location TypeOf(ISymbol member, CancellationToken cancellation)
    {
        SyntaxNode? type = Declaration(member, cancellation) switch
        {
            ParameterSyntax parameter => parameter.Type,
            PropertyDeclarationSyntax property => property.Type,
            VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax declaration } => declaration.Type,
            _ => null,
        };
        return type?.GetLocation() ?? Name(member);
    }

    /// <summary>An attribute, without its brackets.</summary>
    internal static Location Attribute(AttributeData attribute) =>
        attribute.ApplicationSyntaxReference is { } reference
            ? Location.Create(reference.SyntaxTree, reference.Span)
            : Location.None;

    /// <summary>A positional argument of an attribute.</summary>
    internal static Location Argument(AttributeData attribute, int index)
    {
        AttributeArgumentSyntax[] positional =
            [.. Syntax(attribute)?.ArgumentList?.Arguments.Where(argument => argument.NameEquals is null) ?? []];
        return index < positional.Length ? positional[index].GetLocation() : Attribute(attribute);
    }

    /// <summary>The value of a property that an attribute sets.</summary>
    internal static Location NamedArgument(AttributeData attribute, string name) =>
        Syntax(attribute)?.ArgumentList?.Arguments
            .FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name)?.Expression.GetLocation()
        ?? Attribute(attribute);

    /// <summary>The declaration that a member stands in, to tell the parts of a partial type apart.</summary>
    internal static SyntaxNode? EnclosingDeclaration(ISymbol member, CancellationToken cancellation) =>
        Declaration(member, cancellation)?.FirstAncestorOrSelf<TypeDeclarationSyntax>();

    private static SyntaxNode? Declaration(ISymbol symbol, CancellationToken cancellation) =>
        symbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation);

    private static AttributeSyntax? Syntax(AttributeData attribute) =>
        attribute.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax;
}
