using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using SharedObjects.Generators.Diagnostics;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Layout;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Parser;

/// <summary>Makes the model of an annotated type, or reports why there is none.</summary>
internal static class SchemaParser
{
    /// <summary>The model, or null if an error was reported (or the compiler itself has one).</summary>
    internal static SchemaModel? Parse(
        INamedTypeSymbol type, AttributeData attribute, DiagnosticSink sink, CancellationToken cancellation) =>
        Parse(type, attribute, new ParseContext(sink, [type], cancellation));

    internal static SchemaModel? Parse(INamedTypeSymbol type, AttributeData attribute, ParseContext context)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        if (attribute.ConstructorArguments.Length != 1 || !TypeParser.Check(type, context)
            || KnownTypes.GroupAttributeOf(type) is not null) // reported by the group's parser
        {
            return null;
        }

        string objectName = ObjectNameParser.Parse(attribute, context);
        SchemaKind kind = KindOf(attribute);
        int initSize = InitSizeOf(attribute, context);
        if (MemberCollector.Collect(type, context) is not { } collected)
        {
            return null;
        }

        if (kind == SchemaKind.Value && collected.Members.Count != 1)
        {
            context.Report(
                DiagnosticDescriptors.ValueNeedsOneMember, Locations.Name(type), type.Name, collected.Members.Count);
        }

        List<MemberModel> parsed = ParseMembers(collected.Members, new ValueRules(kind, initSize), context);
        MemberModel[] members = [.. NameParser.WithViewNames(type, parsed, context)];
        TypeModel typeModel = TypeParser.Parse(type);
        GeneratedNames names = NameParser.ParseSchema(type, typeModel.Reach, context);
        if (context.HasErrors)
        {
            return null;
        }

        WireType wire = LayoutCalculator.WireTypeOf(kind, initSize, members);
        long size = LayoutCalculator.BufferSizeOf(wire);
        if (size > WireConstants.MaxBufferSize)
        {
            context.Report(
                DiagnosticDescriptors.TooLarge, Locations.Name(type), type.Name, size, WireConstants.MaxBufferSize);
            return null;
        }

        int arrays = members.Count(member => member.Value.Wire is ArrayWire);
        if (arrays > 1)
        {
            context.Report(DiagnosticDescriptors.SeveralArrays, Locations.Name(type), type.Name, arrays);
        }

        return new SchemaModel(
            typeModel,
            objectName,
            kind,
            initSize,
            members.ToImmutableEquatableArray(),
            wire,
            collected.Construction,
            names,
            EqualityParser.Parse(type));
    }

    /// <summary>The members that are right; what is wrong with the others was reported.</summary>
    internal static List<MemberModel> ParseMembers(
        IReadOnlyList<MemberCandidate> candidates, ValueRules rules, ParseContext context)
    {
        var members = new List<MemberModel>(candidates.Count);
        var byKey = new Dictionary<string, MemberCandidate>();
        foreach (MemberCandidate candidate in candidates)
        {
            MemberAttributes attributes = candidate.Attributes;
            string key = KeyParser.Parse(candidate, attributes, rules.Kind, context);
            if (rules.Kind != SchemaKind.Value)
            {
                AddKey(key, candidate);
            }

            if (ValueParser.Parse(candidate, attributes, rules, context) is { } value)
            {
                bool mayBeNull = candidate.Type.NullableAnnotation == NullableAnnotation.Annotated;
                var member = new MemberModel(candidate.Name, key, value, mayBeNull);
                members.Add(member);
                if (member.LengthKey is { } lengthKey)
                {
                    AddKey(lengthKey, candidate);
                }
            }
        }

        return members;

        void AddKey(string key, MemberCandidate candidate)
        {
            if (!byKey.TryGetValue(key, out MemberCandidate? other))
            {
                byKey.Add(key, candidate);
                return;
            }

            Location location = candidate.Attributes.Key is { } written
                ? Locations.Argument(written, 0)
                : Locations.Name(candidate.Declared);
            context.Report(DiagnosticDescriptors.DuplicateKey, location, other.Name, candidate.Name, key);
        }
    }

    private static SchemaKind KindOf(AttributeData attribute) =>
        NamedArgument(attribute, "Kind") is (int)SchemaKind.Value ? SchemaKind.Value : SchemaKind.Dict;

    internal static int InitSizeOf(AttributeData attribute, ParseContext context)
    {
        if (NamedArgument(attribute, "InitSize") is not int size)
        {
            return WireConstants.DefaultInitSize;
        }

        if (size > 0)
        {
            return size;
        }

        context.Report(DiagnosticDescriptors.BadInitSize, Locations.NamedArgument(attribute, "InitSize"), size);
        return WireConstants.DefaultInitSize;
    }

    private static object? NamedArgument(AttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value.Value;
}
