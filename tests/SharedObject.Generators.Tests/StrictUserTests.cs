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
    [InlineData("public partial record struct Arm([MaxShape(2)] double[] Q, [MaxShape(2, 3)] bool[,] M, [MaxShape(2, 3, 4)] byte[,,] I, [MaxShape(5)] Tensor<float> T, [MaxShape(5, 2)] float[] F);")]
    [InlineData("public partial record Arm([MaxShape(2)] double[]? count, [MaxShape(2)] int[] context, long countLength, [MaxShape(2, 2)] short[,]? @class);")]
    [InlineData("public partial record Arm([MaxShape(2)] List<string?>? elements, [MaxShape(2)] HashSet<string?> items, (string? item, long at) bytes, (long, byte[]?, Vector3) count);")]
    [InlineData("public partial class Arm { /// <summary>L</summary>\n[MaxShape(3), Capacity(7)] public List<(long Id, string Name, (Pose, bool) Inner)> L { get; set; } = []; /// <summary>S</summary>\n[MaxShape(3)] public required HashSet<DayOfWeek> S { get; init; } }")]
    [InlineData("public sealed partial record Arm([MaxShape(3)] List<float> A, [MaxShape(3)] List<byte[]?> B, [MaxShape(3), Float64, QuaternionOrder(QuaternionOrder.Wxyz)] List<Quaternion> C, [MaxShape(3)] HashSet<Complex> D, [MaxShape(3)] List<ulong> E, [MaxShape(3)] List<uint> F);")]
    [InlineData("[Obsolete(\"old\")] public partial record Arm([property: Obsolete(\"old\")] long T);")]
    public void A_documented_schema_compiles_without_a_warning(string declaration)
    {
        string documented = $"/// <summary>A schema.</summary>\n/// <remarks>Remarks.</remarks>\n{Parameters(declaration)}[SharedObject(\"a\")] {declaration}";
        Expect(Compile.Create("namespace Demo;\n" + documented));
    }

    [Theory]
    [InlineData("public partial record struct Arm([Shape(2)] double[] Q, long T);")]
    [InlineData("public sealed partial record Arm([Shape(2)] double[]? Q, string? T, [Shape(2, 3)] bool[,] M, Vector3 V, System.DayOfWeek D);")]
    [InlineData("public partial class Arm { /// <summary>T</summary>\npublic long T { get; set; } /// <summary>U</summary>\npublic string? U { get; set; } }")]
    [InlineData("public partial record Arm(long name, long value, long options, long initial, long group, [Shape(1)] int[] bytes);")]
    [InlineData("public partial record Arm([MaxShape(3)] List<string> A, [MaxShape(3)] HashSet<long>? B, (long X, string? Y) C);")]
    [InlineData("public partial record Arm(long Open, long OpenOrCreate, long Create, long Publish, long DefaultName, long Group, long GroupShared, long Validate);")]
    [InlineData("public partial record Arm(long Fetch, long FetchInto, long Assign, long Modified, long Dispose, long QCodec, [Shape(1)] long[] Q);")]
    [InlineData("public partial record Arm(long _name, long @class, [Key(\"\\n\\\"{0}<code>\")] long Odd);")]
    [InlineData("internal partial class Arm { public required byte[] A { get; init; } [Shape(2)] public Tensor<float> B { get; init; } = null!; }")]
    public void A_documented_group_compiles_without_a_warning(string declaration)
    {
        string documented = $"/// <summary>A group.</summary>\n{Parameters(declaration)}[SharedObjectGroup(\"a\")] {declaration}";
        Expect(Compile.Create("namespace Demo;\n" + documented));
    }

    [Theory]
    [InlineData("public partial record Arm(long View, long Writer, long Layout, long Fetch, long Update, long ViewShared);")]
    [InlineData("public partial record Arm([Shape(2, 2)] byte[] A, long ARows, [Shape(2, 2, 2)] bool[,,] B, [Shape(2, 2, 2, 2, 2, 2)] long[] C, [Shape(2)] Tensor<bool> D);")]
    [InlineData("public partial record Arm(string _bytes, long _context, long handle, [Shape(1)] bool[] function, Inner action);")]
    [InlineData("public partial struct Arm { /// <summary>A</summary>\npublic new Inner GetHashCode; }")]
    [InlineData("public partial record Arm([Shape(1)] int[] A, long AElements, long AOffset, byte[] AStart, [Shape(2)] long[] Read, long ReadA);")]
    [InlineData("public partial record Arm([MaxShape(2)] List<Inner> A, [MaxShape(2)] List<Inner?>? B, (Inner, Inner? Second, Bare) C, [MaxShape(2)] List<(Inner?, Bare)> D);")]
    [InlineData("public partial record Arm([MaxShape(2, 2)] byte[] A, long ALength, long ARows, [MaxShape(2)] List<Bare> B, [MaxShape(4)] bool[] _bytes, (int, int) _context);")]
    [InlineData("public partial record Arm(Inner A, Inner? B, Inner @class, Bare C, Seven D, [Shape(2)] int[] E);")]
    [InlineData("public partial class Arm { /// <summary>A</summary>\npublic Inner A { get; set; } = null!; /// <summary>B</summary>\npublic Bare B { get; set; } /// <summary>C</summary>\npublic Seven C; }")]
    [InlineData("public sealed partial record Arm { private Seven _hidden; /// <summary>C</summary>\npublic Seven C { get; init; } /// <summary>H</summary>\npublic double Hidden() => _hidden[0]; /// <summary>S</summary>\npublic void Set() => _hidden[0] = 1; }")]
    public void Views_compile_without_a_warning(string declaration)
    {
        const string Others =
            """

            /// <summary>I</summary>
            /// <param name="Count">C.</param>
            [SharedObject("i")] public partial record Inner(int Count);
            /// <summary>B</summary>
            /// <param name="Text">C.</param>
            [SharedObject("b", Kind = SharedKind.Value)] public partial record struct Bare(string Text);
            /// <summary>S</summary>
            [System.Runtime.CompilerServices.InlineArray(7)] public struct Seven { private double _first; }
            """;
        string documented = $"/// <summary>A schema.</summary>\n{Parameters(declaration)}[SharedObject(\"a\")] {declaration}";
        Expect(Compile.Create("namespace Demo;\n" + documented + Others));
    }

    [Fact]
    public void Schemas_of_every_accessibility_have_views_that_can_be_reached() => Expect(Compile.Create(
        """
        namespace Demo;

        [SharedObject("internal")] internal partial record struct Internal(int Count);

        internal partial class Outer
        {
            [SharedObject("public")] public partial record struct Public(int Count);
            [SharedObject("private")] private partial record struct Private(int Count, Public Public);
            [SharedObject("protected")] protected internal partial record struct Protected(int Count);

            internal static void Use()
            {
                using SharedObject<Internal> a = Internal.Open();
                using SharedObject<Public> b = Public.Open();
                using SharedObject<Private> c = Private.Open();
                using SharedObject<Protected> d = Protected.Open();
                int sum = a.Fetch(static view => view.Count) + b.Fetch(static view => view.Count) + d.Fetch(static view => view.Count)
                    + Private.Fetch(c, static view => view.Count + view.Public.Count);
                a.Update(w => w.Count = sum).Update(static w => w.Count++, TimeSpan.FromSeconds(1));
                Private.Update(c, static w => w.Public.Count = 1);
                Private.Update(c, static w => w.Count += 1, TimeSpan.FromSeconds(1)).Trigger();
            }
        }
        """));

    [Fact]
    public void Names_that_differ_in_case_alone_have_files_of_their_own() => Expect(Compile.Create(
        """
        namespace Demo
        {
            [SharedObject("a")] internal partial record struct Arm(int Count);
            [SharedObject("b")] internal partial record struct ARM(int Count);
            [SharedObjectGroup("c")] internal partial record struct arm_(int Count);
            [SharedObjectGroup("d")] internal partial record struct Arm_(int Count);
        }

        namespace demo
        {
            [SharedObject("e")] internal partial record struct Arm(int Count);
        }

        namespace demo.Arm_
        {
            [SharedObject("f")] internal partial record struct A(int Count);
        }

        namespace demo_.Arm
        {
            [SharedObject("g")] internal partial record struct A(int Count);
        }

        namespace demo.Arm__
        {
            [SharedObject("h")] internal partial record struct _A(int Count);
        }
        """));

    [Fact]
    public void An_attribute_twice_is_the_compilers_matter()
    {
        CSharpCompilation compilation = Compile.Create(
            "namespace Demo; [SharedObject(\"a\")] internal partial record struct Arm(int Count);",
            "namespace Demo; [SharedObject(\"b\")] internal partial record struct Arm; [SharedObject(\"c\")] internal partial record struct Other(int Count);");
        GeneratorDriver driver = Compile.Driver().RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out var diagnostics);
        Assert.Empty(diagnostics);
        Assert.Equal(2, driver.GetRunResult().GeneratedTrees.Length);
        Assert.Equal("CS0579", Assert.Single(output.GetDiagnostics(), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Id);
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
