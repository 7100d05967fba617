using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using SharedObjects.Generators.Diagnostics;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Layout;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Parser;

/// <summary>Makes the model of a type with <c>[SharedObjectGroup]</c>, or reports why there is none.</summary>
internal static class GroupParser
{
    /// <summary>The model, or null if an error was reported (or the compiler itself has one).</summary>
    internal static GroupModel? Parse(
        INamedTypeSymbol type, AttributeData attribute, DiagnosticSink sink, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var context = new ParseContext(sink, [type], cancellation);
        if (attribute.ConstructorArguments.Length != 1 || !TypeParser.Check(type, context))
        {
            return null;
        }

        if (KnownTypes.SchemaAttributeOf(type) is not null)
        {
            context.Report(DiagnosticDescriptors.SchemaAndGroup, Locations.Attribute(attribute), type.Name);
            return null;
        }

        string objectName = ObjectNameParser.Parse(attribute, context);
        int initSize = SchemaParser.InitSizeOf(attribute, context);
        if (MemberCollector.Collect(type, context) is not { } collected)
        {
            return null;
        }

        List<MemberModel> members =
            SchemaParser.ParseMembers(collected.Members, new ValueRules(SchemaKind.Group, initSize), context);
        if (!context.HasErrors)
        {
            for (int i = 0; i < members.Count; i++)
            {
                CheckObject(objectName, collected.Members[i], members[i], context);
            }
        }

        GroupNames names = NameParser.ParseGroup(type, context);
        return context.HasErrors
            ? null
            : new GroupModel(
                TypeParser.Parse(type),
                objectName,
                members.ToImmutableEquatableArray(),
                NameParser.CodecClasses(type, members, context).ToImmutableEquatableArray(),
                collected.Construction,
                names,
                EqualityParser.Parse(type));
    }

    /// <summary>The name of a member's object.</summary>
    internal static string ObjectNameOf(string group, string key) => $"{group}_{key}";

    private static void CheckObject(string group, MemberCandidate candidate, MemberModel member, ParseContext context)
    {
        string name = ObjectNameOf(group, member.Key);
        if (ObjectNameParser.Problem(name) is { } problem)
        {
            Location location = candidate.Attributes.Key is { } written
                ? Locations.Argument(written, 0)
                : Locations.Name(candidate.Declared);
            context.Report(
                DiagnosticDescriptors.BadMemberObjectName,
                location,
                member.Name,
                CSharpText.Literal(name),
                problem.Because,
                problem.Instead);
        }

        long size = LayoutCalculator.BufferSizeOf(member.Value.Wire);
        if (size > WireConstants.MaxBufferSize)
        {
            Location type = Locations.TypeOf(candidate.Declared, context.Cancellation);
            context.Report(DiagnosticDescriptors.TooLarge, type, member.Name, size, WireConstants.MaxBufferSize);
        }
    }
}
