using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using SharedObjects.Generators.Diagnostics;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Parser;

/// <summary>Finds names for the generated members that the type does not use itself (a gripper may well <c>Open</c>).</summary>
internal static class NameParser
{
    private const string Suffix = "Shared";

    internal static GeneratedNames Parse(INamedTypeSymbol type, ParseContext context)
    {
        ILookup<string, ISymbol> taken = type.GetMembers()
            .Where(member => !KnownTypes.IsGenerated(member))
            .Append(type) // a member can't have its type's name
            .ToLookup(member => member.Name);
        return new GeneratedNames(
            Find("Codec"),
            Find("DefaultName"),
            Find("Open"),
            Find("OpenOrCreate"),
            Find("Create"),
            Find("Publish"),
            CodecClass: Free(type.Name + "Codec", taken));

        string Find(string name)
        {
            string free = Free(name, taken);
            if (free != name)
            {
                context.Report(DiagnosticDescriptors.RenamedMember, Locations.Name(taken[name].First()), type.Name, name, free);
            }

            return free;
        }
    }

    /// <summary>
    /// The name of the generated <c>Codec</c> of a schema that is a member's type; null if it is in an assembly that was
    /// compiled without the generator.
    /// </summary>
    internal static string? CodecOf(INamedTypeSymbol type, GeneratedNames names)
    {
        if (!type.DeclaringSyntaxReferences.IsEmpty)
        {
            return names.Codec;
        }

        // In a referenced assembly the property is there already; its private members, which decided on the name, can't be seen.
        IEnumerable<IPropertySymbol> codecs = type.GetMembers().OfType<IPropertySymbol>().Where(property =>
            property.IsStatic && KnownTypes.IsGenerated(property) && KnownTypes.Is(property.Type, "SharedObjects.Wire", "SharedCodec"));
        return codecs.FirstOrDefault()?.Name;
    }

    private static string Free(string name, ILookup<string, ISymbol> taken)
    {
        while (taken.Contains(name))
        {
            name += Suffix;
        }

        return name;
    }
}
