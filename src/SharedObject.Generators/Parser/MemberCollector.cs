using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SharedObjects.Generators.Diagnostics;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Parser;

/// <summary>Finds the members that are shared, and how a value is made of them.</summary>
/// <remarks>
/// Shared are the public instance properties and fields (and the <c>required</c> ones, whatever their accessibility, as no
/// value could be made without them), positional ones first, in the order of their declaration. A property without a setter
/// counts if a constructor takes it; one that only computes something does not.
/// </remarks>
internal static class MemberCollector
{
    /// <summary>The members and the way to make a value, or null if an error was reported.</summary>
    internal static CollectedMembers? Collect(INamedTypeSymbol type, ParseContext context)
    {
        List<MemberCandidate> candidates = Candidates(type);
        IMethodSymbol? primary = type.IsRecord ? PrimaryConstructor(type, context) : null;
        if (ChooseConstructor(type, primary, candidates) is not { } constructor)
        {
            string why = WhyNone(type, primary, candidates);
            context.Report(DiagnosticDescriptors.NoConstructor, Locations.Name(type), type.Name, why);
            return null;
        }

        StringComparison comparison = ComparisonFor(constructor, primary);
        foreach (IParameterSymbol parameter in constructor.Parameters)
        {
            candidates.First(candidate => candidate.Matches(parameter, comparison)).Parameter = parameter;
        }

        candidates.RemoveAll(candidate => candidate.IsComputed && candidate.Parameter is null);
        if (primary is not null)
        {
            // Positional members come first even where one of them is declared again further down.
            candidates = [.. candidates.OrderBy(candidate => candidate.Parameter?.Ordinal ?? int.MaxValue)];
        }

        if (candidates.Count == 0)
        {
            context.Report(DiagnosticDescriptors.NoMembers, Locations.Name(type), type.Name);
            return null;
        }

        foreach (MemberCandidate candidate in candidates.Where(candidate => IsOutOfReach(candidate)))
        {
            context.Report(DiagnosticDescriptors.MemberCannotBeSet, Locations.Name(candidate.Declared), candidate.Name);
        }

        ReportIdleAttributes(type, candidates, context);
        bool scattered = candidates
            .Select(candidate => Locations.EnclosingDeclaration(candidate.Declared, context.Cancellation))
            .Distinct()
            .Count() > 1;
        if (scattered)
        {
            context.Report(DiagnosticDescriptors.ScatteredMembers, Locations.Name(type), type.Name);
        }

        return new CollectedMembers(candidates, ConstructionOf(type, constructor, primary, candidates));
    }

    private static List<MemberCandidate> Candidates(INamedTypeSymbol type)
    {
        var backing = new Dictionary<ISymbol, IFieldSymbol>(SymbolEqualityComparer.Default);
        foreach (IFieldSymbol field in type.GetMembers().OfType<IFieldSymbol>())
        {
            if (field.AssociatedSymbol is { } property)
            {
                backing[property] = field;
            }
        }

        var candidates = new List<MemberCandidate>();
        foreach (ISymbol member in type.GetMembers())
        {
            if (member.IsStatic || KnownTypes.IsGenerated(member))
            {
                continue;
            }

            if (member is IPropertySymbol { IsIndexer: false, RefKind: RefKind.None } property
                && IsShared(property, property.IsRequired))
            {
                backing.TryGetValue(property, out IFieldSymbol? field);
                candidates.Add(new MemberCandidate(property, property.Type, field));
            }
            else if (member is IFieldSymbol { AssociatedSymbol: null } field && IsShared(field, field.IsRequired))
            {
                candidates.Add(new MemberCandidate(field, field.Type, backing: null));
            }
        }

        return candidates;
    }

    private static bool IsShared(ISymbol member, bool isRequired) =>
        member.DeclaredAccessibility == Accessibility.Public || isRequired;

    private static IMethodSymbol? PrimaryConstructor(INamedTypeSymbol type, ParseContext context) =>
        type.InstanceConstructors.FirstOrDefault(constructor =>
            constructor.DeclaringSyntaxReferences is [var reference]
            && reference.GetSyntax(context.Cancellation) is TypeDeclarationSyntax);

    /// <summary>
    /// A record's primary constructor if it has one; else the constructor that leaves the fewest members unset, and among
    /// those the one with the fewest parameters. Metadata do not tell a primary constructor (nor a record struct), but its
    /// parameters may have attributes: there, where no value is to be made, it is the one with the most.
    /// </summary>
    private static IMethodSymbol? ChooseConstructor(
        INamedTypeSymbol type, IMethodSymbol? primary, List<MemberCandidate> candidates)
    {
        IEnumerable<IMethodSymbol> constructors = primary is not null ? [primary] : type.InstanceConstructors;
        return constructors
            .Where(constructor => Unmatched(constructor, primary, candidates).Length == 0)
            .OrderBy(constructor => candidates.Count(candidate => IsLeftUnset(candidate, constructor)))
            .ThenBy(constructor => constructor.Parameters.Length * (type.DeclaringSyntaxReferences.IsEmpty ? -1 : 1))
            .FirstOrDefault();

        bool IsLeftUnset(MemberCandidate candidate, IMethodSymbol constructor) =>
            !candidate.IsComputed && !candidate.CanInitialize && !IsArgument(candidate, constructor);

        bool IsArgument(MemberCandidate candidate, IMethodSymbol constructor) =>
            constructor.Parameters.Any(parameter => candidate.Matches(parameter, ComparisonFor(constructor, primary)));
    }

    private static string[] Unmatched(IMethodSymbol constructor, IMethodSymbol? primary, List<MemberCandidate> candidates) =>
    [
        .. constructor.Parameters
            .Where(parameter => !candidates.Any(candidate => candidate.Matches(parameter, ComparisonFor(constructor, primary))))
            .Select(parameter => parameter.Name),
    ];

    // The names of positional members are the parameters' names; elsewhere a parameter `qpos` is the member `Qpos`.
    private static StringComparison ComparisonFor(IMethodSymbol constructor, IMethodSymbol? primary) =>
        SymbolEqualityComparer.Default.Equals(constructor, primary)
            ? StringComparison.Ordinal
            : StringComparison.OrdinalIgnoreCase;

    private static string WhyNone(INamedTypeSymbol type, IMethodSymbol? primary, List<MemberCandidate> candidates)
    {
        IMethodSymbol[] written =
        [
            .. type.InstanceConstructors.Where(constructor =>
                !constructor.IsImplicitlyDeclared
                && (primary is null || SymbolEqualityComparer.Default.Equals(primary, constructor))),
        ];
        return written is [var only]
            ? $"the parameter '{Unmatched(only, primary, candidates)[0]}' of its constructor is no public member of the same type"
            : "each of its constructors has a parameter that is no public member of the same type";
    }

    /// <summary>An attribute on a member that is not shared: whoever wrote it thinks that it is.</summary>
    private static void ReportIdleAttributes(INamedTypeSymbol type, List<MemberCandidate> candidates, ParseContext context)
    {
        foreach (ISymbol member in type.GetMembers().Where(
            member => member is IPropertySymbol or IFieldSymbol { AssociatedSymbol: null }))
        {
            if (candidates.Any(candidate => SymbolEqualityComparer.Default.Equals(candidate.Symbol, member)))
            {
                continue;
            }

            foreach ((string name, AttributeData attribute) in MemberAttributes.Of(member).All())
            {
                string why = member.IsStatic
                    ? "a static member is not shared; remove it"
                    : member.DeclaredAccessibility == Accessibility.Public
                        ? "a property that only computes something is not shared; remove it, or give the property a setter"
                        : "only public members are shared; make it public, or remove the attribute";
                context.Report(DiagnosticDescriptors.AttributeDoesNotFit, Locations.Attribute(attribute), name, member.Name, why);
            }
        }
    }

    private static bool IsOutOfReach(MemberCandidate candidate) => candidate.Parameter is null && !candidate.CanInitialize;

    private static ConstructionModel ConstructionOf(
        INamedTypeSymbol type, IMethodSymbol constructor, IMethodSymbol? primary, List<MemberCandidate> candidates)
    {
        bool setsRequired = constructor.GetAttributes().Any(attribute =>
            KnownTypes.Is(attribute.AttributeClass, "System.Diagnostics.CodeAnalysis", "SetsRequiredMembersAttribute"));
        IEnumerable<int> arguments = constructor.Parameters.Select(parameter =>
            candidates.FindIndex(candidate => SymbolEqualityComparer.Default.Equals(candidate.Parameter, parameter)));
        IEnumerable<int> initialized = Enumerable.Range(0, candidates.Count)
            .Where(i => candidates[i].Parameter is null || (candidates[i].IsRequired && !setsRequired));
        return new ConstructionModel(
            arguments.ToImmutableEquatableArray(),
            initialized.ToImmutableEquatableArray(),
            InPlace: type.IsReferenceType && candidates.All(candidate => candidate.CanSet),
            IsPlain: SymbolEqualityComparer.Default.Equals(constructor, primary)
                && constructor.Parameters.Length == candidates.Count
                && type.GetMembers().OfType<IFieldSymbol>().Count(field => !field.IsStatic) == candidates.Count);
    }
}

internal sealed record CollectedMembers(IReadOnlyList<MemberCandidate> Members, ConstructionModel Construction);
