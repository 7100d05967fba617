using System.Linq;
using Microsoft.CodeAnalysis;
using SharedObjects.Generators.Layout;

namespace SharedObjects.Generators.Parser;

/// <summary>The types that schemas are made of, recognised by name: a symbol of one compilation is of no use in the next.</summary>
internal static class KnownTypes
{
    internal const string SchemaAttributeName = "SharedObjects.SharedObjectAttribute";
    internal const string GroupAttributeName = "SharedObjects.SharedObjectGroupAttribute";

    private static readonly SymbolDisplayFormat s_annotated = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>A type as generated code writes it: with <c>global::</c>, keywords for the built-in types, no <c>?</c>.</summary>
    internal static string SourceName(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    /// <summary>A type as generated code writes it where it is a type argument, which may have a <c>?</c> in it that counts.</summary>
    internal static string AnnotatedName(ITypeSymbol type) => type.ToDisplayString(s_annotated);

    /// <summary>A type as messages write it.</summary>
    internal static string DisplayName(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);

    internal static AttributeData? SchemaAttributeOf(ITypeSymbol type) => AttributeOf(type, "SharedObjectAttribute");

    internal static AttributeData? GroupAttributeOf(ITypeSymbol type) => AttributeOf(type, "SharedObjectGroupAttribute");

    /// <summary>The elements of a struct with <c>[InlineArray]</c>, or null for all other types.</summary>
    internal static (ITypeSymbol Element, int Length)? InlineArrayOf(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Struct })
        {
            return null;
        }

        AttributeData? attribute = type.GetAttributes().FirstOrDefault(candidate =>
            Is(candidate.AttributeClass, "System.Runtime.CompilerServices", "InlineArrayAttribute"));
        IFieldSymbol[] fields = [.. type.GetMembers().OfType<IFieldSymbol>().Where(field => !field.IsStatic)];
        return attribute is { ConstructorArguments: [{ Value: int length and > 0 }] } && fields is [var only]
            ? (only.Type, length)
            : null;
    }

    /// <summary>The elements of a <c>List&lt;T&gt;</c> or <c>HashSet&lt;T&gt;</c>, or null for all other types.</summary>
    internal static (ITypeSymbol Element, bool IsSet)? CollectionOf(ITypeSymbol type)
    {
        bool isSet = Is(type, "System.Collections.Generic", "HashSet");
        return (isSet || Is(type, "System.Collections.Generic", "List")) && type is INamedTypeSymbol { TypeArguments: [var element] }
            ? (element, isSet)
            : null;
    }

    internal static bool Is(ITypeSymbol? type, string @namespace, string name) =>
        type is INamedTypeSymbol { ContainingType: null } named
        && named.Name == name
        && IsNamespace(named.ContainingNamespace, @namespace);

    /// <summary>
    /// Whether this generator made the symbol: the analyzer sees the compilation with the generated code in it.
    /// </summary>
    internal static bool IsGenerated(ISymbol symbol) => symbol.GetAttributes().Any(attribute =>
        Is(attribute.AttributeClass, "System.CodeDom.Compiler", "GeneratedCodeAttribute")
        && attribute.ConstructorArguments is [{ Value: Emitter.GeneratedCode.Tool }, ..]);

    /// <summary>The ndarray element type with the bytes of a C# type, if there is one.</summary>
    internal static ElementType? ElementOf(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Boolean => ElementType.Bool,
        SpecialType.System_SByte => ElementType.Int8,
        SpecialType.System_Byte => ElementType.UInt8,
        SpecialType.System_Int16 => ElementType.Int16,
        SpecialType.System_UInt16 => ElementType.UInt16,
        SpecialType.System_Int32 => ElementType.Int32,
        SpecialType.System_UInt32 => ElementType.UInt32,
        SpecialType.System_Int64 => ElementType.Int64,
        SpecialType.System_UInt64 => ElementType.UInt64,
        SpecialType.System_Single => ElementType.Float32,
        SpecialType.System_Double => ElementType.Float64,
        _ when Is(type, "System", "Half") => ElementType.Float16,
        _ when Is(type, "System.Numerics", "Complex") => ElementType.Complex128,
        _ when Is(type, "SharedObjects", "Complex64") => ElementType.Complex64,
        _ when Is(type, "SharedObjects", "LongDouble") => ElementType.LongDouble,
        _ when Is(type, "SharedObjects", "LongDoubleComplex") => ElementType.LongDoubleComplex,
        _ => null,
    };

    /// <summary>The keyword of an integer that a Python int can become.</summary>
    internal static string? IntegerOf(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_SByte => "sbyte",
        SpecialType.System_Byte => "byte",
        SpecialType.System_Int16 => "short",
        SpecialType.System_UInt16 => "ushort",
        SpecialType.System_Int32 => "int",
        SpecialType.System_UInt32 => "uint",
        SpecialType.System_Int64 => "long",
        SpecialType.System_UInt64 => "ulong",
        _ => null,
    };

    private static AttributeData? AttributeOf(ITypeSymbol type, string name) =>
        type.GetAttributes().FirstOrDefault(attribute => Is(attribute.AttributeClass, "SharedObjects", name));

    private static bool IsNamespace(INamespaceSymbol? symbol, string name)
    {
        // From the innermost part outwards, so that nothing is allocated for the many types that are none of ours.
        int end = name.Length;
        while (symbol is { IsGlobalNamespace: false })
        {
            int start = end - symbol.Name.Length;
            if (start < 0 || string.CompareOrdinal(name, start, symbol.Name, 0, symbol.Name.Length) != 0)
            {
                return false;
            }

            if (start == 0)
            {
                return symbol.ContainingNamespace is { IsGlobalNamespace: true };
            }

            if (name[start - 1] != '.')
            {
                return false;
            }

            end = start - 1;
            symbol = symbol.ContainingNamespace;
        }

        return false;
    }
}
