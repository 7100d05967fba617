using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace SharedObjects.Generators.Tests;

/// <summary>Generated code among users' strict settings and unusual names: no warning of any kind, all of them errors.</summary>
public class StrictUserTests
{
    [Theory]
    [InlineData("public partial record struct Arm(long T, [Shape(2)] double[] Q);")]
    [InlineData("public readonly partial record struct Arm(long T, [Shape(2, 2)] double[,] Q);")]
    [InlineData("public partial record Arm(long T, [Shape(2)] double[] Q) { /// <summary>M</summary>\npublic required string? M { get; set; } }")]
    [InlineData("public sealed partial record Arm(long T, [Shape(2)] double[]? Q);")]
    [InlineData("public partial class Arm(long t) { /// <summary>T</summary>\npublic long T { get; } = t; }")]
    [InlineData("public partial struct Arm { /// <summary>T</summary>\npublic long T; }")]
    [InlineData("public partial class Arm { /// <summary>T</summary>\npublic required long T { get; init; } }")]
    [InlineData("public partial record Arm(long hash, long other, long value, long bytes, [Shape(1)] int[] context, [Shape(1)] int[] earlier, [Shape(1)] int[] array);")]
    [InlineData("public partial record Arm(long Buffer, [Shape(1)] int[] Into, [Shape(1)] int[] Instance, long InitSize, long BufferSize, long Fixed);")]
    [InlineData("public partial record Arm([Shape(1)] int[] @class, [Capacity(3)] string @record, long @field, byte[] @namespace);")]
    [InlineData("public partial record Arm(long Open, long OpenOrCreate, long Create, long Publish, long DefaultName, long Codec, long ArmCodec);")]
    [InlineData("public partial record Arm([Shape(1)] int[] Q) { /// <summary>E</summary>\npublic virtual bool Equals(Arm? other) => ReferenceEquals(this, other); /// <summary>H</summary>\npublic override int GetHashCode() => 0; }")]
    [InlineData("public partial record Arm([Shape(1)] int[] Q) { private readonly int[] _own = []; private int Other { get; set; } /// <summary>O</summary>\npublic int[] Own => _own; internal event Action? E { add { } remove { } } }")]
    [InlineData("[Obsolete(\"old\")] public partial record Arm([property: Obsolete(\"old\")] long T);")]
    public void A_documented_schema_compiles_without_a_warning(string declaration)
    {
        string documented = $"/// <summary>A schema.</summary>\n/// <remarks>Remarks.</remarks>\n{Parameters(declaration)}[SharedObject(\"a\")] {declaration}";
        Expect(Compile.Create("namespace Demo;\n" + documented));
    }

    [Fact]
    public void Checked_arithmetic_and_old_nullability_are_fine()
    {
        CSharpCompilation compilation = Compile.Create(
            "#nullable disable\nnamespace Demo; [SharedObject(\"a\")] internal partial class Arm { public string M { get; set; } public ulong U { get; set; } [Shape(2)] public int[] Q { get; set; } public Arm2 N { get; set; } } [SharedObject(\"b\")] internal partial record Arm2([Shape(1)] int[] Q);");
        Expect(compilation.WithOptions(compilation.Options.WithOverflowChecks(true)));
    }

    [Theory]
    [InlineData("Instance")]
    [InlineData("BufferSize")]
    [InlineData("T")]
    [InlineData("Open")]
    [InlineData("@record")]
    [InlineData("SharedObjects")]
    [InlineData("System")]
    public void A_schema_may_have_any_name(string name) =>
        Expect(Compile.Create($"namespace Demo; [SharedObject(\"a\")] internal sealed partial record {name}(long A, [Shape(2)] double[] B, [Shape(2, 2)] int[,] C);"));

    [Fact]
    public void A_name_or_key_may_have_any_characters() =>
        Expect(Compile.Create("namespace Demo; [SharedObject(\"a\\nb\\\"<{x}>\\\\\")] internal partial record Arm([Key(\"\\n\\u2028\\\"{0}</code>\")] long A, [Key(\"\")] long B);"));

    private static void Expect(CSharpCompilation compilation)
    {
        GeneratorDriver driver = Compile.Driver().RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out var diagnostics);
        Assert.Empty(diagnostics);
        Assert.NotEmpty(driver.GetRunResult().GeneratedTrees);
        Assert.Empty(output.GetDiagnostics().Where(diagnostic => diagnostic.Severity > DiagnosticSeverity.Hidden));
    }

    /// <summary>The documentation of positional parameters.</summary>
    private static string Parameters(string declaration)
    {
        var record = SyntaxFactory.ParseMemberDeclaration(declaration) as Microsoft.CodeAnalysis.CSharp.Syntax.TypeDeclarationSyntax;
        return string.Concat(record?.ParameterList?.Parameters.Select(parameter =>
            $"/// <param name=\"{parameter.Identifier.ValueText}\">P.</param>\n") ?? []);
    }
}
