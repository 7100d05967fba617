using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using SharedObjects.Generators.Diagnostics;
using SharedObjects.Generators.Layout;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Parser;

/// <summary>What the schema says about all of its members.</summary>
internal readonly record struct ValueRules(SchemaKind Kind, int InitSize);

/// <summary>What a member is on the wire, from its C# type and its attributes.</summary>
internal static partial class ValueParser
{
    /// <summary>The member's type, or null if an error was reported.</summary>
    internal static ValueModel? Parse(MemberCandidate member, MemberAttributes attributes, ValueRules rules, ParseContext context)
    {
        ITypeSymbol type = member.Type;
        if (type.TypeKind == TypeKind.Error)
        {
            context.Fail(); // the compiler says what is wrong
            return null;
        }

        if (KnownTypes.SchemaAttributeOf(type) is { } schema)
        {
            CheckAttributes(member, attributes, context);
            return ParseNested(member, (INamedTypeSymbol)type, schema, rules, context);
        }

        if (type is IArrayTypeSymbol array)
        {
            return array is { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte }
                && attributes.Shape is null && attributes.MaxShape is null
                ? ParseBytes(member, attributes, rules, context)
                : ParseArray(member, attributes, array.ElementType, FormOf(array), rules, context);
        }

        if (KnownTypes.Is(type, "System.Numerics.Tensors", "Tensor") && type is INamedTypeSymbol { TypeArguments: [var element] })
        {
            return ParseArray(member, attributes, element, ArrayForm.Tensor, rules, context);
        }

        if (KnownTypes.CollectionOf(type) is { } collection)
        {
            return ParseCollection(member, attributes, collection.Element, collection.IsSet, rules, context);
        }

        if (type is INamedTypeSymbol { IsTupleType: true } tuple)
        {
            return ParseTuple(member, attributes, tuple, rules, context);
        }

        if (type.SpecialType == SpecialType.System_String)
        {
            CheckAttributes(member, attributes, context, "Capacity");
            return new StringValue(new TextWire(WireText.Str, CapacityOf(member, attributes, rules, context)));
        }

        if (NumericsElements(type) is { } shape)
        {
            return ParseNumerics(member, attributes, shape, context);
        }

        if (KnownTypes.InlineArrayOf(type) is { } inline && KnownTypes.ElementOf(inline.Element) is { } inlineElement)
        {
            CheckAttributes(member, attributes, context);
            return ParseInlineArray(member, inlineElement, inline.Length, context);
        }

        if (ScalarOf(type) is not { } scalar)
        {
            context.Report(
                DiagnosticDescriptors.UnsupportedMemberType,
                Locations.TypeOf(member.Declared, context.Cancellation),
                member.Name,
                KnownTypes.DisplayName(type),
                UnsupportedTypes.Advice(type));
            return null;
        }

        CheckAttributes(member, attributes, context);
        return scalar;
    }

    private static ValueModel? ScalarOf(ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_Boolean } => new BoolValue(),
        { SpecialType: SpecialType.System_Double } => new FloatValue(IsSingle: false),
        { SpecialType: SpecialType.System_Single } => new FloatValue(IsSingle: true),
        _ when KnownTypes.IntegerOf(type) is { } integer => new IntValue(integer, integer),
        INamedTypeSymbol { EnumUnderlyingType: { } underlying } when KnownTypes.IntegerOf(underlying) is { } integer =>
            new IntValue(KnownTypes.SourceName(type), integer),
        _ when KnownTypes.Is(type, "System.Numerics", "Complex") => new ComplexValue(),
        _ when KnownTypes.Is(type, "SharedObjects", "Pose") => new PoseValue(),
        _ => null,
    };

    private static BytesValue ParseBytes(
        MemberCandidate member, MemberAttributes attributes, ValueRules rules, ParseContext context)
    {
        CheckAttributes(member, attributes, context, "Capacity", "ByteArray");
        WireText text = attributes.ByteArray is null ? WireText.Bytes : WireText.ByteArray;
        return new BytesValue(new TextWire(text, CapacityOf(member, attributes, rules, context)));
    }

    private static int CapacityOf(
        MemberCandidate member, MemberAttributes attributes, ValueRules rules, ParseContext context)
    {
        if (attributes.Capacity is not { ConstructorArguments: [{ Value: int capacity }] } attribute)
        {
            return rules.InitSize;
        }

        Location location = Locations.Argument(attribute, 0);
        if (capacity <= 0)
        {
            context.Report(DiagnosticDescriptors.BadCapacity, location, member.Name, capacity);
            return rules.InitSize;
        }

        if (capacity != rules.InitSize)
        {
            context.Report(
                DiagnosticDescriptors.CapacityOffRule, location, member.Name, capacity, rules.InitSize);
        }

        return capacity;
    }

    private static NestedValue? ParseNested(
        MemberCandidate member, INamedTypeSymbol type, AttributeData attribute, ValueRules rules, ParseContext context)
    {
        int seen = context.Chain.IndexOf(type, SymbolEqualityComparer.Default);
        ParseContext inner = context.Nested(type);
        SchemaModel? schema = seen < 0 ? SchemaParser.Parse(type, attribute, inner) : null;
        ImmutableArray<INamedTypeSymbol> cycle = seen < 0 ? inner.Cycle : inner.Chain.RemoveRange(0, seen);
        Location location = Locations.TypeOf(member.Declared, context.Cancellation);
        if (!cycle.IsEmpty)
        {
            // Only the outermost schema has someone to report to; the others hand the cycle on.
            context.FailWithCycle(cycle);
            string path = string.Join(" -> ", cycle.Select(link => link.Name));
            context.Report(DiagnosticDescriptors.Cycle, location, member.Name, cycle[0].Name, path);
            return null;
        }

        NestedNames? names = schema is null ? null : NameParser.NamesOf(type, schema.Names);
        if (schema is null || names is null)
        {
            ReportUnusable(member, type, location, context);
            return null;
        }

        if (schema.Wire is DictWire && rules.Kind == SchemaKind.Dict)
        {
            context.Report(DiagnosticDescriptors.NestedDict, location, member.Name);
        }

        if (schema.Wire is DictWire or TextWire && schema.InitSize != rules.InitSize && rules.Kind != SchemaKind.Group)
        {
            context.Report(
                DiagnosticDescriptors.NestedInitSize, location, member.Name, type.Name, schema.InitSize, rules.InitSize);
        }

        return new NestedValue(schema.Wire, schema.Type.FullName, type.IsReferenceType, names);
    }

    private static void ReportUnusable(MemberCandidate member, INamedTypeSymbol type, Location location, ParseContext context)
    {
        if (!type.DeclaringSyntaxReferences.IsEmpty)
        {
            context.Fail(); // what is wrong is reported at that type
            return;
        }

        string advice = $"there is no codec for it in '{type.ContainingAssembly.Name}', "
            + "so reference the SharedObject.Runtime package there";
        string display = KnownTypes.DisplayName(type);
        context.Report(DiagnosticDescriptors.UnsupportedMemberType, location, member.Name, display, advice);
    }

    /// <summary>Reports the attributes of a member that say something its type has no use for.</summary>
    private static void CheckAttributes(
        MemberCandidate member, MemberAttributes attributes, ParseContext context, params string[] fitting)
    {
        foreach ((string name, AttributeData attribute) in attributes.OfTheType())
        {
            if (!fitting.Contains(name))
            {
                context.Report(
                    DiagnosticDescriptors.AttributeDoesNotFit,
                    Locations.Attribute(attribute),
                    name,
                    member.Name,
                    WhereItFits(name, member, attributes));
            }
        }
    }

    private static string WhereItFits(string name, MemberCandidate member, MemberAttributes attributes)
    {
        if ((attributes.Shape ?? attributes.MaxShape) is not null && name is "ByteArray" or "Capacity" && member.Type is IArrayTypeSymbol)
        {
            string text = name == "ByteArray" ? "a bytearray" : "bytes", shape = attributes.Shape is null ? "MaxShape" : "Shape";
            return $"with [{shape}] it is an ndarray; remove [{shape}] for {text}, or [{name}] for an ndarray";
        }

        return name switch
        {
            "Shape" when NumericsElements(member.Type) is { } shape =>
                $"the shape of a {member.Type.Name} is always {shape.ShapeText}; remove it",
            "Shape" when KnownTypes.InlineArrayOf(member.Type) is { } inline =>
                $"the shape of a {member.Type.Name} is always ({inline.Length},); remove it",
            "Shape" => "only arrays and Tensor<T> have a shape; remove it",
            "MaxShape" => "only arrays, Tensor<T>, List<T> and HashSet<T> have a length that can vary; remove it",
            "Capacity" => "only string, and byte[] without [Shape], have a capacity; remove it",
            "ByteArray" => "only a byte[] without [Shape] can be a bytearray; remove it",
            "Float64" => "it is for Vector3, Quaternion and Matrix4x4; elsewhere the C# type says it (float and double)",
            _ => "only a Quaternion has an order; remove it",
        };
    }
}
