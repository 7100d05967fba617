using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
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
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var names = new ConcurrentBag<NamedSchema>();
            start.RegisterSymbolAction(symbol => Analyze(symbol, names), SymbolKind.NamedType);
            start.RegisterCompilationEndAction(end => ReportDuplicateNames(end, names));
        });
    }

    private static void Analyze(SymbolAnalysisContext context, ConcurrentBag<NamedSchema> names)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (KnownTypes.SchemaAttributeOf(type) is not { } attribute)
        {
            return;
        }

        var diagnostics = new DiagnosticList();
        SchemaParser.Parse(type, attribute, diagnostics, context.CancellationToken);
        foreach (Diagnostic diagnostic in diagnostics.Items)
        {
            context.ReportDiagnostic(diagnostic);
        }

        if (attribute.ConstructorArguments is [{ Value: string name }])
        {
            names.Add(new NamedSchema(name, type.ToDisplayString(), Locations.Argument(attribute, 0)));
        }
    }

    private static void ReportDuplicateNames(CompilationAnalysisContext context, IEnumerable<NamedSchema> schemas)
    {
        foreach (IGrouping<string, NamedSchema> group in schemas.GroupBy(schema => schema.ObjectName))
        {
            // Symbols are analysed in any order; the places in the source make the same one the first each time.
            NamedSchema[] inOrder =
            [
                .. group
                    .OrderBy(schema => schema.Location.SourceTree?.FilePath, System.StringComparer.Ordinal)
                    .ThenBy(schema => schema.Location.SourceSpan.Start),
            ];
            foreach (NamedSchema again in inOrder.Skip(1))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    DiagnosticDescriptors.DuplicateObjectName, again.Location, again.TypeName, inOrder[0].TypeName, group.Key));
            }
        }
    }

    private sealed record NamedSchema(string ObjectName, string TypeName, Location Location);
}
