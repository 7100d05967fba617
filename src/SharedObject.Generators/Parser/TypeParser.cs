using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SharedObjects.Generators.Diagnostics;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Parser;

/// <summary>The annotated type itself: whether it can be a schema, and where it is declared.</summary>
internal static class TypeParser
{
    /// <summary>Whether the type can be a schema at all; if not, nothing else about it is worth a diagnostic.</summary>
    internal static bool Check(INamedTypeSymbol type, ParseContext context)
    {
        if (Generic(type) is { } generic)
        {
            context.Report(DiagnosticDescriptors.Generic, Locations.Name(type), type.Name, generic);
            return false;
        }

        if (type is { TypeKind: TypeKind.Class, BaseType: { SpecialType: not SpecialType.System_Object } ancestor })
        {
            Location location = BaseLocation(type, ancestor, context);
            context.Report(DiagnosticDescriptors.Derived, location, type.Name, KnownTypes.DisplayName(ancestor));
            return false;
        }

        if (UnsupportedForm(type) is { } form)
        {
            context.Report(
                DiagnosticDescriptors.UnsupportedTypeForm, Locations.Name(type), type.Name, form.Because, form.Instead);
            return false;
        }

        for (INamedTypeSymbol? declared = type; declared is not null; declared = declared.ContainingType)
        {
            CheckPartial(declared, context);
        }

        return true;
    }

    internal static TypeModel Parse(INamedTypeSymbol type)
    {
        var containers = new Stack<TypeDeclarationModel>();
        for (INamedTypeSymbol? container = type.ContainingType;
            container is not null;
            container = container.ContainingType)
        {
            containers.Push(DeclarationOf(container));
        }

        string? @namespace = type.ContainingNamespace.IsGlobalNamespace ? null : type.ContainingNamespace.ToDisplayString();
        IEnumerable<string> path = containers.Select(container => container.Name).Append(type.Name);
        return new TypeModel(
            @namespace,
            containers.ToImmutableEquatableArray(),
            DeclarationOf(type),
            KnownTypes.SourceName(type),
            (@namespace is null ? "" : @namespace + ".") + string.Join(".", path).Replace("@", ""),
            type.IsReferenceType,
            ReachOf(type));
    }

    private static TypeReach ReachOf(INamedTypeSymbol type)
    {
        var reach = TypeReach.Everywhere;
        for (INamedTypeSymbol? declared = type; declared is not null; declared = declared.ContainingType)
        {
            switch (declared.DeclaredAccessibility)
            {
                case Accessibility.Public:
                    break;
                case Accessibility.Internal or Accessibility.ProtectedOrInternal:
                    reach = TypeReach.Assembly;
                    break;
                default:
                    return TypeReach.Hidden;
            }
        }

        return reach;
    }

    private static TypeDeclarationModel DeclarationOf(INamedTypeSymbol type) =>
        new(Keyword(type), CSharpText.Identifier(type.Name));

    private static string Keyword(INamedTypeSymbol type) => type.TypeKind switch
    {
        TypeKind.Interface => "interface",
        TypeKind.Struct => type.IsRecord ? "record struct" : "struct",
        _ => type.IsRecord ? "record" : "class",
    };

    private static string? Generic(INamedTypeSymbol type)
    {
        if (type.IsGenericType && type.TypeParameters.Length > 0)
        {
            return "it";
        }

        for (INamedTypeSymbol? container = type.ContainingType;
            container is not null;
            container = container.ContainingType)
        {
            if (container.TypeParameters.Length > 0)
            {
                return $"the type around it, '{KnownTypes.DisplayName(container)}',";
            }
        }

        return null;
    }

    private static (string Because, string Instead)? UnsupportedForm(INamedTypeSymbol type)
    {
        if (type.IsStatic)
        {
            return ("it is static and has no values", "write a record, class or struct whose values are shared");
        }

        if (type.IsAbstract)
        {
            return ("it is abstract and can't be constructed when a value is read", "drop 'abstract'");
        }

        if (type.IsRefLikeType)
        {
            return ("it is a ref struct, which can't be a type argument of SharedObject<T>", "drop 'ref'");
        }

        for (INamedTypeSymbol? declared = type; declared is not null; declared = declared.ContainingType)
        {
            if (declared.IsFileLocal)
            {
                return ("it is local to its file, and its codec is generated into another", "drop 'file'");
            }
        }

        return null;
    }

    private static Location BaseLocation(INamedTypeSymbol type, INamedTypeSymbol ancestor, ParseContext context)
    {
        foreach (SyntaxReference reference in type.DeclaringSyntaxReferences)
        {
            // The class that is derived from always comes first; which of the parts names it, the names tell well enough.
            if (reference.GetSyntax(context.Cancellation) is TypeDeclarationSyntax { BaseList.Types: [var first, ..] }
                && first.Type.ToString().Contains(ancestor.Name))
            {
                return first.GetLocation();
            }
        }

        return Locations.Name(type);
    }

    private static void CheckPartial(INamedTypeSymbol type, ParseContext context)
    {
        foreach (SyntaxReference reference in type.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(context.Cancellation) is TypeDeclarationSyntax declaration
                && !declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
            {
                IEnumerable<string> words =
                    declaration.Modifiers.Select(modifier => modifier.Text).Append("partial").Append(Keyword(type));
                context.Report(
                    DiagnosticDescriptors.NotPartial,
                    declaration.Identifier.GetLocation(),
                    type.Name,
                    $"{string.Join(" ", words)} {type.Name}");
                return;
            }
        }
    }
}
