using System.Linq;
using System.Numerics;
using Microsoft.CodeAnalysis;
using SharedObjects.Generators.Diagnostics;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Layout;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Parser;

/// <summary>Members that are ndarrays.</summary>
internal static partial class ValueParser
{
    private static ArrayForm? FormOf(IArrayTypeSymbol array) => array.Rank switch
    {
        1 => ArrayForm.Flat,
        2 => ArrayForm.Rank2,
        3 => ArrayForm.Rank3,
        _ => null,
    };

    private static ArrayValue? ParseArray(
        MemberCandidate member,
        MemberAttributes attributes,
        ITypeSymbol elementType,
        ArrayForm? form,
        ValueRules rules,
        ParseContext context)
    {
        Location typeLocation = Locations.TypeOf(member.Declared, context.Cancellation);
        if (elementType.TypeKind == TypeKind.Error)
        {
            context.Fail();
            return null;
        }

        if (KnownTypes.ElementOf(elementType) is not { } element || form is not { } known)
        {
            context.Report(
                DiagnosticDescriptors.UnsupportedMemberType,
                typeLocation,
                member.Name,
                KnownTypes.DisplayName(member.Type),
                UnsupportedTypes.Advice(member.Type));
            return null;
        }

        CheckAttributes(member, attributes, context, "Shape", "MaxShape");
        int? rank = known switch
        {
            ArrayForm.Rank2 => 2,
            ArrayForm.Rank3 => 3,
            _ => null,
        };
        if (attributes is { Shape: not null, MaxShape: { } second })
        {
            context.Report(DiagnosticDescriptors.ShapeAndMaxShape, Locations.Attribute(second), member.Name);
            return null;
        }

        if ((attributes.Shape ?? attributes.MaxShape) is not { } attribute)
        {
            context.Report(DiagnosticDescriptors.ShapeMissing, typeLocation, member.Name, SuggestedShape("Shape", rank));
            return null;
        }

        bool isVarying = attributes.MaxShape is not null;
        if (isVarying && rules.Kind != SchemaKind.Dict)
        {
            context.Report(DiagnosticDescriptors.MaxShapeNeedsDict, Locations.Attribute(attribute), member.Name);
            return null;
        }

        return ParseShape(member, attribute, isVarying ? "MaxShape" : "Shape", rank, context) is { } shape
            && !IsTooLarge(member, Locations.Attribute(attribute), element, shape, context)
            ? new ArrayValue(new ArrayWire(element, shape.ToImmutableEquatableArray()), known, isVarying)
            : null;
    }

    /// <summary>The lengths in the attribute, or null if an error was reported.</summary>
    private static int[]? ParseShape(
        MemberCandidate member, AttributeData attribute, string attributeName, int? rank, ParseContext context)
    {
        if (attribute.ConstructorArguments is not [{ Kind: TypedConstantKind.Array } argument])
        {
            context.Fail();
            return null;
        }

        int[] lengths = argument.IsNull
            ? []
            : [.. argument.Values.Select(value => value.Value is int length ? length : 0)];
        if (lengths.Length == 0 || (rank is { } expected && lengths.Length != expected))
        {
            context.Report(
                DiagnosticDescriptors.ShapeRank,
                Locations.Attribute(attribute),
                member.Name,
                lengths.Length == 0 ? "no lengths" : $"{lengths.Length} length{(lengths.Length == 1 ? "" : "s")}",
                KnownTypes.DisplayName(member.Type),
                rank is null ? "one dimension at least" : $"{rank} dimension{(rank == 1 ? "" : "s")}",
                SuggestedShape(attributeName, rank));
            return null;
        }

        for (int i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] <= 0)
            {
                context.Report(
                    DiagnosticDescriptors.ShapeLength, Locations.Argument(attribute, i), member.Name, lengths[i]);
                return null;
            }
        }

        return lengths;
    }

    private static bool IsTooLarge(
        MemberCandidate member, Location location, ElementType element, int[] lengths, ParseContext context)
    {
        BigInteger size = lengths.Aggregate(new BigInteger(element.Size), (product, length) => product * length);
        if (size <= WireConstants.MaxBufferSize)
        {
            return false;
        }

        context.Report(DiagnosticDescriptors.TooLarge, location, member.Name, size, WireConstants.MaxBufferSize);
        return true;
    }

    private static InlineArrayValue? ParseInlineArray(
        MemberCandidate member, ElementType element, int length, ParseContext context)
    {
        Location location = Locations.TypeOf(member.Declared, context.Cancellation);
        return IsTooLarge(member, location, element, [length], context)
            ? null
            : new InlineArrayValue(
                new ArrayWire(element, new[] { length }.ToImmutableEquatableArray()), KnownTypes.SourceName(member.Type));
    }

    private static string SuggestedShape(string attributeName, int? rank) => rank switch
    {
        2 => $"[{attributeName}(…, …)]",
        3 => $"[{attributeName}(…, …, …)]",
        _ => $"[{attributeName}(…)]",
    };

    /// <summary>The ndarray that a type of <c>System.Numerics</c> becomes, or null for all other types.</summary>
    private static ArrayWire? NumericsElements(ITypeSymbol type)
    {
        int[]? shape = type.Name switch
        {
            "Vector3" => [3],
            "Quaternion" => [4],
            "Matrix4x4" => [4, 4],
            _ => null,
        };
        return shape is not null && KnownTypes.Is(type, "System.Numerics", type.Name)
            ? new ArrayWire(ElementType.Float32, shape.ToImmutableEquatableArray())
            : null;
    }

    private static NumericsValue ParseNumerics(
        MemberCandidate member, MemberAttributes attributes, ArrayWire single, ParseContext context)
    {
        bool isQuaternion = member.Type.Name == "Quaternion";
        CheckAttributes(member, attributes, context, isQuaternion ? ["Float64", "QuaternionOrder"] : ["Float64"]);
        return NumericsOf(member.Type, attributes, single);
    }

    private static NumericsValue NumericsOf(ITypeSymbol type, MemberAttributes attributes, ArrayWire single)
    {
        bool isFloat64 = attributes.Float64 is not null;
        return new NumericsValue(
            isFloat64 ? single with { Element = ElementType.Float64 } : single,
            type.Name,
            isFloat64,
            type.Name == "Quaternion" ? OrderOf(attributes) : null);
    }

    // The runtime's enum has Xyzw = 0 and Wxyz = 1.
    private static string OrderOf(MemberAttributes attributes) =>
        attributes.QuaternionOrder is { ConstructorArguments: [{ Value: 1 }] } ? "Wxyz" : "Xyzw";
}
