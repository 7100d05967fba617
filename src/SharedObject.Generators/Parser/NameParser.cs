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
    private const string RowsSuffix = "Rows";
    private const string LengthSuffix = "Length";

    internal static GeneratedNames ParseSchema(INamedTypeSymbol type, TypeReach reach, ParseContext context)
    {
        var names = new FreeNames(type, context);
        return new GeneratedNames(
            names.Find("Codec"),
            names.Find("DefaultName"),
            names.Find("Layout"),
            names.Find("Open"),
            names.Find("OpenAsync"),
            names.Find("OpenOrCreate"),
            names.Find("Create"),
            names.Find("Publish"),
            names.Find("View"),
            names.Find("Writer"),
            // Elsewhere these two are extension methods, which get in nobody's way.
            Fetch: reach == TypeReach.Hidden ? names.Find("Fetch") : "Fetch",
            Update: reach == TypeReach.Hidden ? names.Find("Update") : "Update",
            CodecClass: names.FindQuietly(type.Name + "Codec"));
    }

    internal static GroupNames ParseGroup(INamedTypeSymbol type, ParseContext context)
    {
        var names = new FreeNames(type, context);
        return new GroupNames(
            names.Find("Group"),
            names.Find("DefaultName"),
            names.Find("Open"),
            names.Find("OpenOrCreate"),
            names.Find("Create"),
            names.Find("Publish"),
            // These stand in the group, among properties with the members' names.
            names.Find("Fetch"),
            names.Find("FetchInto"),
            names.Find("Assign"),
            names.Find("Modified"),
            names.Find("Dispose"),
            names.FindQuietly("Validate"),
            EqualityClass: names.FindQuietly(type.Name + "Equality"));
    }

    /// <summary>The classes of the codecs of a group's members.</summary>
    internal static IEnumerable<string> CodecClasses(
        INamedTypeSymbol type, IEnumerable<MemberModel> members, ParseContext context)
    {
        var names = new FreeNames(type, context);
        return members.Select(member => names.FindQuietly(member.Name + "Codec"));
    }

    /// <summary>
    /// Gives the arrays of two and three dimensions, which can be images, a name for their rows, and those whose length varies one for
    /// their length.
    /// </summary>
    internal static IEnumerable<MemberModel> WithViewNames(
        INamedTypeSymbol type, IEnumerable<MemberModel> members, ParseContext context)
    {
        var names = new FreeNames(type, context);
        return members.Select(member => member with
        {
            RowsName = member.Value is ArrayValue { Array.Shape.Count: 2 or 3 } ? names.Find(member.Name + RowsSuffix) : null,
            LengthName = member.Value is ArrayValue { IsVarying: true } ? names.Find(member.Name + LengthSuffix) : null,
        });
    }

    /// <summary>
    /// The names of what is generated into a schema that is a member's type; null if it is in an assembly that was compiled
    /// without the generator, or with one that made no views yet.
    /// </summary>
    internal static NestedNames? NamesOf(INamedTypeSymbol type, GeneratedNames names)
    {
        if (!type.DeclaringSyntaxReferences.IsEmpty)
        {
            return new NestedNames(names.Codec, names.View, names.Writer);
        }

        // In a referenced assembly all is there already; its private members, which decided on the names, can't be seen.
        ISymbol[] generated = [.. type.GetMembers().Where(member => member.IsStatic || member is INamedTypeSymbol)];
        string? codec = generated.OfType<IPropertySymbol>().FirstOrDefault(property =>
            KnownTypes.Is(property.Type, "SharedObjects.Wire", "SharedCodec") && KnownTypes.IsGenerated(property))?.Name;
        string? view = RefStruct(generated, "View"), writer = RefStruct(generated, "Writer");
        return codec is null || view is null || writer is null ? null : new NestedNames(codec, view, writer);
    }

    private static string? RefStruct(ISymbol[] members, string name) => members.OfType<INamedTypeSymbol>()
        .FirstOrDefault(type => type.IsRefLikeType && type.Name.StartsWith(name) && KnownTypes.IsGenerated(type))?.Name;

    private sealed class FreeNames(INamedTypeSymbol type, ParseContext context)
    {
        private readonly ILookup<string, ISymbol> _taken = type.GetMembers()
            .Where(member => !KnownTypes.IsGenerated(member))
            .Append(type) // a member can't have its type's name
            .ToLookup(member => member.Name);

        /// <summary>The name, or one made from it; the user is told which.</summary>
        internal string Find(string name)
        {
            string free = FindQuietly(name);
            if (free != name)
            {
                Location location = Locations.Name(_taken[name].First());
                context.Report(DiagnosticDescriptors.RenamedMember, location, type.Name, name, free);
            }

            return free;
        }

        /// <summary>The name, or one made from it, of something that users never see.</summary>
        internal string FindQuietly(string name)
        {
            while (_taken.Contains(name))
            {
                name += Suffix;
            }

            return name;
        }
    }
}
