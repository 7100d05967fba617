using SharedObjects.Generators.Diagnostics;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Parser;

/// <summary>The dict key of a member: its <c>[Key]</c>, or its name in snake_case.</summary>
internal static class KeyParser
{
    internal static string Parse(MemberCandidate member, MemberAttributes attributes, SchemaKind kind, ParseContext context)
    {
        string fromName = SnakeCase.From(member.Name);
        if (attributes.Key is not { ConstructorArguments: [var argument] } attribute)
        {
            return fromName;
        }

        if (kind == SchemaKind.Value)
        {
            context.Report(
                DiagnosticDescriptors.AttributeDoesNotFit,
                Locations.Attribute(attribute),
                "Key",
                member.Name,
                "the object of a schema of kind Value is no dict and has no keys; remove it");
            return fromName;
        }

        string? key = argument.Value as string;
        string? problem =
            key is null ? "is null"
            : Utf8Text.Length(key) is null ? "has a lone surrogate, which UTF-8 can't hold"
            : null;
        if (problem is not null)
        {
            context.Report(DiagnosticDescriptors.BadKey, Locations.Argument(attribute, 0), member.Name, problem);
            return fromName;
        }

        return key!;
    }
}
