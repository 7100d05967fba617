using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;
using static Microsoft.CodeAnalysis.IncrementalStepRunReason;

namespace SharedObjects.Generators.Tests;

/// <summary>What keeps the IDE fast: one keystroke elsewhere makes no step produce anything new.</summary>
public class CachingTests
{
    private const string Schemas =
        """
        namespace Demo;

        public enum Mode { Off, On }

        [SharedObject("inner")]
        public partial record struct Inner(Vector3 Position, [Shape(2, 2)] float[,] Grid);

        [SharedObject("state")]
        public partial record State(long Timestamp, [Shape(7)] double[] Qpos, [Capacity(20)] string Name, Mode Mode, Inner Inner)
        {
            public byte[] Blob { get; init; } = [];
            [MaxShape(9, 3)] public float[,] Points { get; init; } = new float[0, 3];
            [MaxShape(4)] public List<(long Id, Vector3 Where)> Found { get; init; } = [];
            [MaxShape(4)] public HashSet<string> Names { get; init; } = [];
        }

        [SharedObjectGroup("robot")]
        public partial record Robot([Shape(7)] double[] Qpos, Inner Inner);

        [SharedObjectGroup("gripper")]
        public partial class Gripper
        {
            public double Width { get; set; }
            public Inner Inner { get; set; }
        }
        """;

    [Fact]
    public void An_edit_elsewhere_leaves_every_step_cached()
    {
        CSharpCompilation before = Compile.Create(Schemas, "class Elsewhere { }");
        CSharpCompilation after = before.ReplaceSyntaxTree(
            before.SyntaxTrees[1], Compile.Parse("class Elsewhere { int added; }", "Source1.cs"));
        Expect(before, after, Cached, Unchanged);
    }

    [Fact]
    public void A_new_line_above_the_schemas_changes_no_model()
    {
        CSharpCompilation before = Compile.Create(Schemas);
        CSharpCompilation after = before.ReplaceSyntaxTree(
            before.SyntaxTrees[0], Compile.Parse("// a comment moves every span\n" + Schemas, "Source0.cs"));
        Expect(before, after, Cached, Unchanged);
    }

    [Fact]
    public void A_change_of_a_nested_schema_reaches_the_schemas_around_it()
    {
        CSharpCompilation before = Compile.Create(Schemas);
        CSharpCompilation after = before.ReplaceSyntaxTree(
            before.SyntaxTrees[0], Compile.Parse(Schemas.Replace("[Shape(2, 2)]", "[Shape(2, 3)]", StringComparison.Ordinal), "Source0.cs"));
        Expect(before, after, Modified);
    }

    [Fact]
    public void No_model_holds_on_to_the_compiler()
    {
        GeneratorRunResult result = Compile.Driver().RunGenerators(Compile.Create(Schemas)).GetRunResult().Results.Single();
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach ((string name, var steps) in result.TrackedSteps.Where(step => TrackingNames.All.Contains(step.Key)))
        {
            foreach ((object value, _) in steps.SelectMany(step => step.Outputs))
            {
                Walk(value, name, seen);
            }
        }

        Assert.NotEmpty(seen);
    }

    private static void Expect(Compilation before, Compilation after, params IncrementalStepRunReason[] reasons)
    {
        GeneratorDriver driver = Compile.Driver().RunGenerators(before);
        GeneratorRunResult result = driver.RunGenerators(after).GetRunResult().Results.Single();
        foreach (string name in TrackingNames.All)
        {
            var outputs = result.TrackedSteps[name].SelectMany(run => run.Outputs).ToArray();
            Assert.Equal(name == TrackingNames.AmbiguousFiles ? 1 : 2, outputs.Length);
            // The names of the files stay the same in all of these tests.
            IncrementalStepRunReason[] expected = name == TrackingNames.AmbiguousFiles ? [Cached, Unchanged] : reasons;
            Assert.All(outputs, output => Assert.Contains(output.Reason, expected));
        }

        bool cached = !reasons.Contains(Modified);
        var sources = result.TrackedOutputSteps.SelectMany(run => run.Value).SelectMany(run => run.Outputs).ToArray();
        Assert.Equal(4, sources.Length);
        Assert.All(sources, output => Assert.Equal(cached, output.Reason == Cached));
    }

    private static void Walk(object? value, string path, HashSet<object> seen)
    {
        if (value is null || value is string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value))
        {
            return;
        }

        Assert.False(
            value is Compilation or ISymbol or SyntaxNode or SyntaxTree or SyntaxReference or Location or SemanticModel or Diagnostic or AttributeData,
            $"{path} is a {value.GetType()}");
        Assert.False(value is Array or IList, $"{path} is a {value.GetType()}, which compares by reference");
        foreach (FieldInfo field in Fields(value.GetType()))
        {
            if (value is IEnumerable && field.FieldType.IsArray)
            {
                continue; // the inside of an ImmutableEquatableArray; its items follow
            }

            Walk(field.GetValue(value), $"{path}.{field.Name}", seen);
        }

        if (value is IEnumerable items)
        {
            int i = 0;
            foreach (object? item in items)
            {
                Walk(item, $"{path}[{i++}]", seen);
            }
        }
    }

    private static IEnumerable<FieldInfo> Fields(Type? type)
    {
        for (; type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                yield return field;
            }
        }
    }
}
