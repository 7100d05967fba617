using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace SharedObjects.Generators.Tests;

/// <summary>Nested schemas whose types come from another assembly, where only metadata is left of them.</summary>
public class ReferencedSchemaTests
{
    private const string Library =
        """
        namespace Library;

        [SharedObject("point")]
        public readonly partial record struct Point([Shape(3)] double[] Position, [Key("label"), Capacity(10)] string Name);

        [SharedObject("taken")]
        public sealed partial class Taken
        {
            public Taken(long value) => Value = value;

            public long Value { get; }

            private int Codec => 0;
        }
        """;

    private const string User =
        """
        [SharedObject("user")]
        public partial record User(Library.Point Point, Library.Taken Taken, long After);
        """;

    [Fact]
    public void Offsets_are_computed_through_a_reference()
    {
        string here = Generated(Compile.Create(Library, User));
        Compile.Driver().RunGeneratorsAndUpdateCompilation(Compile.Create(Library), out Compilation library, out _);
        CSharpCompilation referencing = Compile.Create(User).AddReferences(Reference(library));
        string there = Generated(referencing);
        Assert.Equal(here, there);
        Assert.Contains("Taken.CodecShared.", there, System.StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_library_without_the_generator_is_named()
    {
        CSharpCompilation referencing = Compile.Create(User).AddReferences(Reference(Compile.Create(Library)));
        Found[] found = await Compile.Analyze(referencing, null);
        Assert.Equal(
            new Found("SHOB011", DiagnosticSeverity.Error, "Library.Point", "'Point' has the type 'Point', which has no fixed layout in shared memory; there is no codec for it in 'Library', so reference the SharedObject.Runtime package there"),
            found[0]);
    }

    private static PortableExecutableReference Reference(Compilation library)
    {
        using var image = new MemoryStream();
        // The library's author need not document everything.
        library = library.WithAssemblyName("Library").WithOptions(library.Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default));
        Assert.True(library.Emit(image).Success);
        return MetadataReference.CreateFromImage(image.ToArray());
    }

    private static string Generated(CSharpCompilation compilation)
    {
        GeneratorDriver driver = Compile.Driver().RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        IEnumerable<Diagnostic> errors = output.GetDiagnostics().Where(diagnostic =>
            diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Id != "CS1591");
        Assert.Empty(errors);
        return driver.GetRunResult().Results.Single().GeneratedSources.Single(source => source.HintName == "User.g.cs").SourceText.ToString();
    }
}
