using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using SharedObjects.Generators.Model;
using SharedObjects.Generators.Parser;

namespace SharedObjects.Generators.Diagnostics;

/// <summary>Reports what is wrong with schemas.</summary>
/// <remarks>
/// The generator could report diagnostics itself, but either without a syntax tree (then <c>#pragma warning</c> and
/// <c>[SuppressMessage]</c> do not reach them) or with one (then no result of the pipeline ever equals that of the next
/// keystroke). So both run the same parser: the generator keeps the model and drops the diagnostics, this analyzer keeps the
/// diagnostics, with real locations, and drops the model. Parsing twice costs less than one cache miss: schemas are few.
/// </remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SharedObjectAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        DiagnosticDescriptors.NotPartial,
        DiagnosticDescriptors.Generic,
        DiagnosticDescriptors.Derived,
        DiagnosticDescriptors.UnsupportedTypeForm,
        DiagnosticDescriptors.BadObjectName,
        DiagnosticDescriptors.BadInitSize,
        DiagnosticDescriptors.NoMembers,
        DiagnosticDescriptors.ValueNeedsOneMember,
        DiagnosticDescriptors.NoConstructor,
        DiagnosticDescriptors.MemberCannotBeSet,
        DiagnosticDescriptors.UnsupportedMemberType,
        DiagnosticDescriptors.ShapeMissing,
        DiagnosticDescriptors.ShapeRank,
        DiagnosticDescriptors.ShapeLength,
        DiagnosticDescriptors.TooLarge,
        DiagnosticDescriptors.BadCapacity,
        DiagnosticDescriptors.AttributeDoesNotFit,
        DiagnosticDescriptors.DuplicateKey,
        DiagnosticDescriptors.BadKey,
        DiagnosticDescriptors.Cycle,
        DiagnosticDescriptors.DuplicateObjectName,
        DiagnosticDescriptors.ScatteredMembers,
        DiagnosticDescriptors.SeveralArrays,
        DiagnosticDescriptors.NestedDict,
        DiagnosticDescriptors.CapacityOffRule,
        DiagnosticDescriptors.RenamedMember,
        DiagnosticDescriptors.NestedInitSize,
        DiagnosticDescriptors.BadMemberObjectName,
        DiagnosticDescriptors.SchemaAndGroup,
        DiagnosticDescriptors.MaxShapeMissing,
        DiagnosticDescriptors.ShapeAndMaxShape,
        DiagnosticDescriptors.MaxShapeNeedsDict,
        DiagnosticDescriptors.UnsupportedElementType,
        DiagnosticDescriptors.Sequence,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var names = new ConcurrentBag<NamedObject>();
            start.RegisterSymbolAction(symbol => Analyze(symbol, names), SymbolKind.NamedType);
            start.RegisterCompilationEndAction(end => ReportDuplicateNames(end, names));
        });
    }

    private static void Analyze(SymbolAnalysisContext context, ConcurrentBag<NamedObject> names)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        var diagnostics = new DiagnosticList();
        if (KnownTypes.SchemaAttributeOf(type) is { } schema)
        {
            SchemaParser.Parse(type, schema, diagnostics, context.CancellationToken);
            if (schema.ConstructorArguments is [{ Value: string name }])
            {
                names.Add(new NamedObject(name, type.ToDisplayString(), Locations.Argument(schema, 0)));
            }
        }

        if (KnownTypes.GroupAttributeOf(type) is { } group
            && GroupParser.Parse(type, group, diagnostics, context.CancellationToken) is { } model)
        {
            foreach (MemberModel member in model.Members)
            {
                names.Add(new NamedObject(
                    GroupParser.ObjectNameOf(model.ObjectName, member.Key),
                    $"{type.ToDisplayString()}.{member.Name}",
                    Locations.Argument(group, 0)));
            }
        }

        foreach (Diagnostic diagnostic in diagnostics.Items)
        {
            context.ReportDiagnostic(diagnostic);
        }
    }

    private static void ReportDuplicateNames(CompilationAnalysisContext context, IEnumerable<NamedObject> schemas)
    {
        var reported = new HashSet<Location>(); // once for a group, of which many objects may have the names of others
        foreach (IGrouping<string, NamedObject> group in schemas.GroupBy(schema => schema.ObjectName).OrderBy(
            group => group.Key, System.StringComparer.Ordinal))
        {
            // Symbols are analysed in any order; the places in the source make the same one the first each time.
            NamedObject[] inOrder =
            [
                .. group
                    .OrderBy(schema => schema.Location.SourceTree?.FilePath, System.StringComparer.Ordinal)
                    .ThenBy(schema => schema.Location.SourceSpan.Start),
            ];
            foreach (NamedObject again in inOrder.Skip(1).Where(again => reported.Add(again.Location)))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    DiagnosticDescriptors.DuplicateObjectName,
                    again.Location,
                    again.TypeName,
                    inOrder[0].TypeName,
                    group.Key));
            }
        }
    }

    private sealed record NamedObject(string ObjectName, string TypeName, Location Location);
}
