using Microsoft.CodeAnalysis;
using SharedObjects.Generators.Diagnostics;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Layout;

namespace SharedObjects.Generators.Parser;

/// <summary>The name in <c>[SharedObject("…")]</c>, by the rules of <c>shm_open</c> and of the file system behind it.</summary>
internal static class ObjectNameParser
{
    internal static string Parse(AttributeData attribute, ParseContext context)
    {
        string? name = attribute.ConstructorArguments[0].Value as string;
        if (Problem(name) is { } problem)
        {
            context.Report(
                DiagnosticDescriptors.BadObjectName,
                Locations.Argument(attribute, 0),
                name is null ? "null" : CSharpText.Literal(name),
                problem.Because,
                problem.Instead);
        }

        return name ?? "";
    }

    /// <summary>What keeps a name from being one, or null if nothing does.</summary>
    internal static (string Because, string Instead)? Problem(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return ("it is empty", "write the name that Python passes to SharedObject, such as \"arm_state\"");
        }

        if (name!.Contains("/"))
        {
            return ("it has a '/'", "write the name without one, as Python passes it to SharedObject");
        }

        if (name.Contains("\0"))
        {
            return ("it has a NUL character", "remove that");
        }

        if (name is "." or "..")
        {
            return ("it names a directory", "write the name that Python passes to SharedObject, such as \"arm_state\"");
        }

        return Utf8Text.Length(name) switch
        {
            null => ("it has a lone surrogate, which UTF-8 can't hold", "write a well-formed text"),
            > WireConstants.MaxNameLength and int length =>
                ($"it takes {length} bytes of UTF-8", $"shorten it to {WireConstants.MaxNameLength} at most"),
            _ => null,
        };
    }
}
