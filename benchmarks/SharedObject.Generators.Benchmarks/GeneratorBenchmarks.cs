using System;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using SharedObjects.Generators.Diagnostics;

namespace SharedObjects.Generators.Benchmarks;

/// <summary>
/// A project of 500 schemas, each in a file of its own among as many other files: generated from nothing, and again after one
/// keystroke. Each run gets a compilation that nobody has looked at, as the compiler and the IDE do.
/// </summary>
[Config(typeof(Once))]
[MedianColumn]
[MemoryDiagnoser]
public class GeneratorBenchmarks
{
    private const int Schemas = 500;

    // One call at a time: each needs a compilation of its own.
    private sealed class Once : ManualConfig
    {
        public Once() => AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.DontLogOutput)
            .WithStrategy(RunStrategy.Monitoring)
            .WithWarmupCount(10)
            .WithIterationCount(40));
    }

    private static readonly CSharpParseOptions s_parseOptions = new(LanguageVersion.CSharp14);

    private readonly ImmutableArray<MetadataReference> _references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("SharedObject.Generators", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private SyntaxTree[] _trees = [];
    private GeneratorDriver _warm = NewDriver();
    private CSharpCompilation _compilation = CSharpCompilation.Create("none");
    private CSharpCompilation _before = CSharpCompilation.Create("none");
    private int _keystroke;

    /// <summary>Parses the project, and runs the generator once for the keystrokes that follow.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _trees = [.. Enumerable.Range(0, Schemas).SelectMany(i => new[] { Parse(Schema(i)), Parse(Other(i, "0")) })];
        Fresh();
        _before = _compilation;
        _warm = NewDriver().RunGenerators(_before);
        GeneratorRunResult result = _warm.GetRunResult().Results.Single();
        if (result.GeneratedSources.Length != Schemas + 1)
        {
            throw new InvalidOperationException($"{result.GeneratedSources.Length} files were generated.");
        }
    }

    /// <summary>A compilation that nobody has looked at.</summary>
    [IterationSetup(Targets = [nameof(FromCold), nameof(CompilerAlone), nameof(Analyzer)])]
    public void Fresh() => _compilation = CSharpCompilation.Create(
        "Users", _trees, _references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

    /// <summary>Changes a file without a schema.</summary>
    [IterationSetup(Target = nameof(KeystrokeElsewhere))]
    public void TypeElsewhere() => Type(_trees[1], Other(0, Count()));

    /// <summary>Changes the name of a schema's member.</summary>
    [IterationSetup(Target = nameof(KeystrokeInASchema))]
    public void TypeInASchema() => Type(_trees[0], Schema(0, $"more{Count()}"));

    /// <summary>To compare with: the compiler's own look at all declarations of the project.</summary>
    [Benchmark(Baseline = true)]
    public int CompilerAlone() => _compilation.GetDeclarationDiagnostics().Length;

    /// <summary>All schemas, in a compilation in which nothing has been bound.</summary>
    [Benchmark]
    public GeneratorDriver FromCold() => NewDriver().RunGenerators(_compilation);

    /// <summary>The same project after a change in a file without a schema: nothing is emitted.</summary>
    [Benchmark]
    public GeneratorDriver KeystrokeElsewhere() => _warm.RunGenerators(_compilation);

    /// <summary>The same project after a change in one schema: one file is emitted.</summary>
    [Benchmark]
    public GeneratorDriver KeystrokeInASchema() => _warm.RunGenerators(_compilation);

    /// <summary>The rules, over the whole project: what a build pays, and the IDE in the background.</summary>
    [Benchmark]
    public int Analyzer() => _compilation
        .WithAnalyzers([new SharedObjectAnalyzer()], new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false))
        .GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult().Length;

    private static CSharpGeneratorDriver NewDriver() => CSharpGeneratorDriver.Create(
        [new SharedObjectGenerator().AsSourceGenerator()], parseOptions: s_parseOptions);

    private static SyntaxTree Parse(string source) => CSharpSyntaxTree.ParseText(source, s_parseOptions);

    private static string Schema(int i, string member = "more") =>
        $$"""
        using System.Numerics;
        using SharedObjects;

        namespace Users.Part{{i % 20}};

        [SharedObject("arm_state_{{i}}")]
        public readonly partial record struct ArmState{{i}}(
            long Timestamp,
            Pose Tcp,
            [Shape(7)] double[] Qpos,
            [Shape(48, 64)] ushort[,] Depth,
            string Mode,
            Vector3 Force,
            int {{member}},
            bool IsHealthy);
        {{(i == 0 ? "[SharedObjectGroup(\"robot\")] public partial record Robot([Shape(7)] double[] Qpos, Pose Tcp, ArmState0 State);" : "")}}
        """;

    private static string Other(int i, string number) =>
        $$"""
        namespace Users.Part{{i % 20}};

        public sealed class Other{{i}}
        {
            public int Value { get; set; } = {{number}};

            public int Twice() => Value * 2;
        }
        """;

    // Each keystroke is another one, so that nothing that was computed for the last one will do.
    private string Count() => (++_keystroke).ToString(CultureInfo.InvariantCulture);

    private void Type(SyntaxTree tree, string source) =>
        _compilation = _before.ReplaceSyntaxTree(tree, Parse(source));
}
