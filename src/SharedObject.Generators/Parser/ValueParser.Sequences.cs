using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using SharedObjects.Generators.Diagnostics;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Layout;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Parser;

/// <summary>Members that are lists, sets or tuples.</summary>
internal static partial class ValueParser
{
    private static ListValue? ParseCollection(
        MemberCandidate member,
        MemberAttributes attributes,
        ITypeSymbol elementType,
        bool isSet,
        ValueRules rules,
        ParseContext context)
    {
        var fitting = new HashSet<string> { "MaxShape" };
        ValueModel? element = ParseElement(member, attributes, elementType, isSet, rules, fitting, context);
        CheckAttributes(member, attributes, context, [.. fitting]);
        if (attributes.MaxShape is not { } attribute)
        {
            Location location = Locations.TypeOf(member.Declared, context.Cancellation);
            context.Report(DiagnosticDescriptors.MaxShapeMissing, location, member.Name, KnownTypes.DisplayName(member.Type));
            return null;
        }

        if (ParseShape(member, attribute, "MaxShape", rank: 1, context) is not [var maxCount] || element is null)
        {
            return null;
        }

        ReportForeign(member, context);
        var wire = new ListWire(isSet, element.Wire, maxCount);
        if (wire.DataSize <= WireConstants.MaxBufferSize)
        {
            return new ListValue(wire, element, KnownTypes.AnnotatedName(elementType));
        }

        context.Report(
            DiagnosticDescriptors.TooLarge,
            Locations.Attribute(attribute),
            member.Name,
            wire.DataSize,
            WireConstants.MaxBufferSize);
        return null;
    }

    private static TupleValue? ParseTuple(
        MemberCandidate member, MemberAttributes attributes, INamedTypeSymbol tuple, ValueRules rules, ParseContext context)
    {
        var fitting = new HashSet<string>();
        TupleValue? value = TupleOf(member, attributes, tuple, isOfSet: false, rules, fitting, context);
        CheckAttributes(member, attributes, context, [.. fitting]);
        if (value is not null)
        {
            ReportForeign(member, context);
        }

        return value;
    }

    private static TupleValue? TupleOf(
        MemberCandidate member,
        MemberAttributes attributes,
        INamedTypeSymbol tuple,
        bool isOfSet,
        ValueRules rules,
        HashSet<string> fitting,
        ParseContext context)
    {
        ValueModel[] elements =
        [
            .. tuple.TupleElements
                .Select(element => ParseElement(member, attributes, element.Type, isOfSet, rules, fitting, context))
                .OfType<ValueModel>(),
        ];
        return elements.Length == tuple.TupleElements.Length
            ? new TupleValue(
                new TupleWire(elements.Select(element => element.Wire).ToImmutableEquatableArray()),
                elements.ToImmutableEquatableArray(),
                KnownTypes.AnnotatedName(tuple.WithNullableAnnotation(NullableAnnotation.NotAnnotated)))
            : null;
    }

    /// <summary>An element of a list, set or tuple, or null if an error was reported.</summary>
    /// <param name="member">The member that it is in.</param>
    /// <param name="attributes">The member's attributes, which hold for each element.</param>
    /// <param name="type">The element's type.</param>
    /// <param name="isOfSet">Whether it must be one that Python can hash.</param>
    /// <param name="rules">The schema's rules.</param>
    /// <param name="fitting">Gets the names of the attributes that the type has a use for.</param>
    /// <param name="context">Where errors go.</param>
    private static ValueModel? ParseElement(
        MemberCandidate member,
        MemberAttributes attributes,
        ITypeSymbol type,
        bool isOfSet,
        ValueRules rules,
        HashSet<string> fitting,
        ParseContext context)
    {
        if (type.TypeKind == TypeKind.Error)
        {
            context.Fail(); // the compiler says what is wrong
            return null;
        }

        if (type.SpecialType == SpecialType.System_String)
        {
            fitting.Add("Capacity");
            return new StringValue(new TextWire(WireText.Str, CapacityOf(member, attributes, rules, context)));
        }

        if (ScalarOf(type) is { } scalar)
        {
            return scalar;
        }

        if (type is INamedTypeSymbol { IsTupleType: true } tuple)
        {
            return TupleOf(member, attributes, tuple, isOfSet, rules, fitting, context);
        }

        if (!isOfSet)
        {
            if (KnownTypes.SchemaAttributeOf(type) is { } schema)
            {
                // That it is a dict in something else is of no interest: plain peers can't take lists and tuples anyway.
                return ParseNested(member, (INamedTypeSymbol)type, schema, rules with { Kind = SchemaKind.Value }, context);
            }

            if (type is IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte })
            {
                fitting.Add("Capacity");
                fitting.Add("ByteArray");
                WireText text = attributes.ByteArray is null ? WireText.Bytes : WireText.ByteArray;
                return new BytesValue(new TextWire(text, CapacityOf(member, attributes, rules, context)));
            }

            if (NumericsElements(type) is { } shape)
            {
                fitting.Add("Float64");
                if (type.Name == "Quaternion")
                {
                    fitting.Add("QuaternionOrder");
                }

                return NumericsOf(type, attributes, shape);
            }
        }

        context.Report(
            DiagnosticDescriptors.UnsupportedElementType,
            Locations.TypeOf(member.Declared, context.Cancellation),
            member.Name,
            KnownTypes.DisplayName(type),
            isOfSet
                ? "the elements of a set are bool, integers, enums, float, double, Complex, Pose, string and value tuples of these: use a List<T> for others"
                : UnsupportedTypes.ElementAdvice(type));
        return null;
    }

    private static void ReportForeign(MemberCandidate member, ParseContext context) =>
        context.Report(
            DiagnosticDescriptors.Sequence,
            Locations.TypeOf(member.Declared, context.Cancellation),
            member.Name,
            KnownTypes.CollectionOf(member.Type) is { } collection ? collection.IsSet ? "set" : "list" : "tuple");
}
