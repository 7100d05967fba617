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

/// <summary>Adds a codec and entry points to every type with <c>[SharedObject("…")]</c>.</summary>
/// <remarks>
/// The stages are the folders: Parser (symbols to <see cref="SchemaModel"/>), Layout (offsets), Emitter (source). What is
/// wrong with a schema is reported by <see cref="SharedObjectAnalyzer"/>, which runs the same parser.
/// </remarks>
[Generator(LanguageNames.CSharp)]
public sealed class SharedObjectGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<SchemaModel> schemas = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                KnownTypes.SchemaAttributeName,
                predicate: static (_, _) => true, // the attribute's targets are all that need a look
                transform: static (match, cancellation) => SchemaParser.Parse(
                    (INamedTypeSymbol)match.TargetSymbol, match.Attributes[0], DiagnosticSink.None, cancellation))
            .WhereNotNull()
            .WithTrackingName(TrackingNames.Schemas);

        IncrementalValuesProvider<PlacedSchema> placed = schemas
            .Select(static (schema, _) => new PlacedSchema(schema, LayoutCalculator.Compute(schema)))
            .WithTrackingName(TrackingNames.Layouts);

        context.RegisterSourceOutput(placed, static (output, schema) => output.AddSource(
            schema.Schema.Type.HintName + ".g.cs", SourceText.From(SchemaEmitter.Emit(schema), Encoding.UTF8)));
    }
}
