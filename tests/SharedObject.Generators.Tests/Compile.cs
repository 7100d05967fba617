using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using SharedObjects.Generators.Diagnostics;
using Xunit;

namespace SharedObjects.Generators.Tests;

/// <summary>Compiles sources against the real runtime, as a user with strict settings would.</summary>
internal static class Compile
{
    private static readonly CSharpParseOptions ParseOptions =
        new(LanguageVersion.CSharp14, DocumentationMode.Diagnose);

    private static readonly ImmutableArray<MetadataReference> References =
    [
        // The test process has all of .NET, the runtime under test and its packages at hand.
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("SharedObject.Generators", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private const string Usings =
        """
        using System;
        using System.Collections.Generic;
        using System.Numerics;
        using System.Numerics.Tensors;
        using SharedObjects;

        """;

    internal static CSharpCompilation Create(params string[] sources) =>
        CSharpCompilation.Create(
            "Users",
            sources.Select((source, i) => Parse(source, $"Source{i}.cs")),
            References,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                generalDiagnosticOption: ReportDiagnostic.Error,
                nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>A file with the usual usings in front.</summary>
    internal static SyntaxTree Parse(string source, string path) =>
        CSharpSyntaxTree.ParseText(SourceText.From(Usings + source), ParseOptions, path);

    internal static GeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new SharedObjectGenerator().AsSourceGenerator()],
        parseOptions: ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>The generated files by their names, from sources that must compile, with them, without a warning.</summary>
    internal static Dictionary<string, string> Generate(params string[] sources)
    {
        GeneratorDriver driver = Driver().RunGeneratorsAndUpdateCompilation(
            Create(sources), out Compilation output, out ImmutableArray<Diagnostic> diagnostics);
        Assert.Empty(diagnostics);
        // CS1591: only the generated code must be documented.
        Assert.Empty(output.GetDiagnostics().Where(diagnostic =>
            diagnostic.Severity > DiagnosticSeverity.Hidden
            && !(diagnostic.Id == "CS1591" && diagnostic.Location.SourceTree?.FilePath.StartsWith("Source", StringComparison.Ordinal) == true)));
        return driver.GetRunResult().Results.Single().GeneratedSources.ToDictionary(
            source => source.HintName, source => source.SourceText.ToString());
    }

    /// <summary>What the analyzer says, in the order of the source.</summary>
    internal static async Task<Found[]> Analyze(params string[] sources) => await Analyze(Create(sources), null);

    internal static async Task<Found[]> Analyze(CSharpCompilation compilation, AnalyzerOptions? options)
    {
        Driver().RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        ImmutableArray<Diagnostic> diagnostics = await output
            .WithOptions(output.Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default))
            .WithAnalyzers([new SharedObjectAnalyzer()], new CompilationWithAnalyzersOptions(
                options ?? new AnalyzerOptions([]),
                onAnalyzerException: (exception, _, _) => Assert.Fail(exception.ToString()),
                concurrentAnalysis: false,
                logAnalyzerExecutionTime: false))
            .GetAnalyzerDiagnosticsAsync();
        return
        [
            .. diagnostics
                .Where(diagnostic => !diagnostic.IsSuppressed)
                .OrderBy(diagnostic => diagnostic.Location.SourceTree?.FilePath, StringComparer.Ordinal)
                .ThenBy(diagnostic => diagnostic.Location.SourceSpan.Start)
                .ThenBy(diagnostic => diagnostic.Id, StringComparer.Ordinal)
                .Select(diagnostic => new Found(
                    diagnostic.Id,
                    diagnostic.Severity,
                    diagnostic.Location.SourceTree!.GetText().ToString(diagnostic.Location.SourceSpan),
                    diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture))),
        ];
    }
}

/// <summary>A diagnostic as users see it: where it points at is given as the text that it underlines.</summary>
internal sealed record Found(string Id, DiagnosticSeverity Severity, string Span, string Message);
