using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using SharedObjects.Generators.Diagnostics;
using SharedObjects.Generators.Emitter;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Layout;
using SharedObjects.Generators.Model;
using SharedObjects.Generators.Parser;

namespace SharedObjects.Generators;

/// <summary>
/// Adds codec, views and entry points to every type with <c>[SharedObject("…")]</c>, and handles to every one with
/// <c>[SharedObjectGroup("…")]</c>.
/// </summary>
/// <remarks>
/// The stages are the folders: Parser (symbols to <see cref="SchemaModel"/> and <see cref="GroupModel"/>), Layout (offsets),
/// Emitter (source). What is wrong with a schema is reported by <see cref="SharedObjectAnalyzer"/>, which runs the same parser.
/// </remarks>
[Generator(LanguageNames.CSharp)]
public sealed class SharedObjectGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<PlacedSchema> schemas = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                KnownTypes.SchemaAttributeName,
                predicate: static (_, _) => true, // the attribute's targets are all that need a look
                transform: static (match, cancellation) => IsFirst(match)
                    ? SchemaParser.Parse(
                        (INamedTypeSymbol)match.TargetSymbol, match.Attributes[0], DiagnosticSink.None, cancellation)
                    : null)
            .WhereNotNull()
            .WithTrackingName(TrackingNames.Schemas)
            .Select(static (schema, _) => new PlacedSchema(schema, LayoutCalculator.Compute(schema)))
            .WithTrackingName(TrackingNames.Layouts);

        IncrementalValuesProvider<PlacedGroup> groups = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                KnownTypes.GroupAttributeName,
                predicate: static (_, _) => true,
                transform: static (match, cancellation) => IsFirst(match)
                    ? GroupParser.Parse(
                        (INamedTypeSymbol)match.TargetSymbol, match.Attributes[0], DiagnosticSink.None, cancellation)
                    : null)
            .WhereNotNull()
            .WithTrackingName(TrackingNames.Groups)
            .Select(static (group, _) => new PlacedGroup(group, LayoutCalculator.Compute(group)))
            .WithTrackingName(TrackingNames.GroupLayouts);

        // The one step that sees all types at once. Its result is almost always empty, and so the same after every edit.
        IncrementalValueProvider<ImmutableEquatableArray<string>> ambiguous = schemas
            .Select(static (schema, _) => schema.Schema.Type.HintName)
            .Collect()
            .Combine(groups.Select(static (group, _) => group.Group.Type.HintName).Collect())
            .Select(static (names, _) => FileNames.Ambiguous(names.Left.AddRange(names.Right)))
            .WithTrackingName(TrackingNames.AmbiguousFiles);

        context.RegisterSourceOutput(schemas.Combine(ambiguous), static (output, item) =>
            Add(output, item.Left.Schema.Type, item.Right, SchemaEmitter.Emit(item.Left)));
        context.RegisterSourceOutput(groups.Combine(ambiguous), static (output, item) =>
            Add(output, item.Left.Group.Type, item.Right, GroupEmitter.Emit(item.Left)));
    }

    /// <summary>
    /// False for the second declaration of a partial type that has the attribute twice, which the compiler reports; a second file
    /// of one name would end the generator for all types.
    /// </summary>
    private static bool IsFirst(GeneratorAttributeSyntaxContext match) =>
        match.Attributes[0].AttributeClass is not { } attribute
        || match.TargetSymbol.GetAttributes().First(candidate =>
            SymbolEqualityComparer.Default.Equals(candidate.AttributeClass, attribute)) == match.Attributes[0];

    private static void Add(
        SourceProductionContext output, TypeModel type, ImmutableEquatableArray<string> ambiguous, string source) =>
        output.AddSource(FileNames.Of(type.HintName, ambiguous), SourceText.From(source, Encoding.UTF8));
}
