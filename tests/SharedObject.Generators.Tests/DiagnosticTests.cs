using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SharedObjects.Generators.Diagnostics;
using Xunit;

namespace SharedObjects.Generators.Tests;

/// <summary>Each rule: what it underlines, how severe it is and what it says.</summary>
public class DiagnosticTests
{
    // ---- the type -------------------------------------------------------------------------------------------------

    [Fact]
    public Task SHOB001_not_partial() => Expect(
        "[SharedObject(\"a\")] public readonly record struct Arm(long T);",
        new Found("SHOB001", DiagnosticSeverity.Error, "Arm", "'Arm' must be declared partial, because its codec is generated into it: write 'public readonly partial record struct Arm'"));

    [Fact]
    public Task SHOB001_containing_type_not_partial() => Expect(
        "static class Outer { [SharedObject(\"a\")] public partial class Arm { public long T { get; set; } } }",
        new Found("SHOB001", DiagnosticSeverity.Error, "Outer", "'Outer' must be declared partial, because its codec is generated into it: write 'static partial class Outer'"));

    [Fact]
    public Task SHOB002_generic() => Expect(
        "[SharedObject(\"a\")] public partial record Arm<T>(long Time);",
        new Found("SHOB002", DiagnosticSeverity.Error, "Arm", "'Arm' can't be a schema because it is generic, and the layout of a shared object must be the same for all; write one type for each set of type arguments"));

    [Fact]
    public Task SHOB002_in_a_generic_type() => Expect(
        "partial class Outer<T> { [SharedObject(\"a\")] public partial record Arm(long Time); }",
        new Found("SHOB002", DiagnosticSeverity.Error, "Arm", "'Arm' can't be a schema because the type around it, 'Outer<T>', is generic, and the layout of a shared object must be the same for all; write one type for each set of type arguments"));

    [Fact]
    public Task SHOB003_derived() => Expect(
        "public record Base(long Time); [SharedObject(\"a\")] public partial record Arm(long Time, long More) : Base(Time);",
        new Found("SHOB003", DiagnosticSeverity.Error, "Base(Time)", "'Arm' derives from 'Base', whose members would have no place in the layout: write all members into 'Arm', or make the 'Base' a member of it"));

    [Theory]
    [InlineData("public abstract partial record Arm(long T);", "it is abstract and can't be constructed when a value is read; drop 'abstract'")]
    [InlineData("public static partial class Arm { }", "it is static and has no values; write a record, class or struct whose values are shared")]
    [InlineData("public ref partial struct Arm { public long T; }", "it is a ref struct, which can't be a type argument of SharedObject<T>; drop 'ref'")]
    [InlineData("file partial struct Arm { public long T; }", "it is local to its file, and its codec is generated into another; drop 'file'")]
    public Task SHOB004_forms(string declaration, string because) => Expect(
        "[SharedObject(\"a\")] " + declaration,
        new Found("SHOB004", DiagnosticSeverity.Error, "Arm", $"'Arm' can't be a schema because {because}"));

    [Theory]
    [InlineData("\"\"", "\"\" can't name a shared object because it is empty; write the name that Python passes to SharedObject, such as \"arm_state\"")]
    [InlineData("\"/arm\"", "\"/arm\" can't name a shared object because it has a '/'; write the name without one, as Python passes it to SharedObject")]
    [InlineData("\"a\\0b\"", "\"a\\0b\" can't name a shared object because it has a NUL character; remove that")]
    [InlineData("\".\"", "\".\" can't name a shared object because it names a directory; write the name that Python passes to SharedObject, such as \"arm_state\"")]
    [InlineData("\"..\"", "\"..\" can't name a shared object because it names a directory; write the name that Python passes to SharedObject, such as \"arm_state\"")]
    [InlineData("\"\\ud800\"", "\"\\ud800\" can't name a shared object because it has a lone surrogate, which UTF-8 can't hold; write a well-formed text")]
    [InlineData("null!", "null can't name a shared object because it is empty; write the name that Python passes to SharedObject, such as \"arm_state\"")]
    public Task SHOB005_bad_names(string name, string message) => Expect(
        $"[SharedObject({name})] public partial record Arm(long T);",
        new Found("SHOB005", DiagnosticSeverity.Error, name, message));

    [Fact]
    public Task SHOB005_too_long()
    {
        string name = "\"" + new string('é', 128) + "\"";
        return Expect(
            $"[SharedObject({name})] public partial record Arm(long T);",
            new Found("SHOB005", DiagnosticSeverity.Error, name, name + " can't name a shared object because it takes 256 bytes of UTF-8; shorten it to 255 at most"));
    }

    [Fact]
    public Task A_name_of_255_bytes_is_fine() => Expect($"[SharedObject(\"{new string('é', 127)}x\")] public partial record Arm(long T);");

    [Fact]
    public Task SHOB006_init_size() => Expect(
        "[SharedObject(\"a\", InitSize = -1)] public partial record Arm(long T);",
        new Found("SHOB006", DiagnosticSeverity.Error, "-1", "InitSize is -1; it is the least capacity of texts and keys in bytes and must be positive (Python's init_size is 100 unless the Python side passes another)"));

    [Fact]
    public Task SHOB007_no_members() => Expect(
        "[SharedObject(\"a\")] public partial class Arm { public static long S { get; set; } public long C => 1; long _hidden; internal long Also { get; set; } }",
        new Found("SHOB007", DiagnosticSeverity.Error, "Arm", "'Arm' has no member to share; add a public property, public field or positional parameter (static and computed ones do not count)"));

    [Fact]
    public Task SHOB008_value_with_two_members() => Expect(
        "[SharedObject(\"a\", Kind = SharedKind.Value)] public partial record Arm(long T, long U);",
        new Found("SHOB008", DiagnosticSeverity.Error, "Arm", "'Arm' has 2 members, but the object of a schema of kind Value is the value of its only member; leave one, or drop 'Kind = SharedKind.Value' for a dict"));

    [Fact]
    public Task SHOB009_constructor() => Expect(
        "[SharedObject(\"a\")] public partial class Arm { public Arm(string other) { } public long T { get; set; } }",
        new Found("SHOB009", DiagnosticSeverity.Error, "Arm", "'Arm' can't be constructed from its members: the parameter 'other' of its constructor is no public member of the same type; add a constructor without parameters (it may be private), or one whose parameters have the names and types of members"));

    [Fact]
    public Task SHOB009_constructors() => Expect(
        "[SharedObject(\"a\")] public partial class Arm { public Arm(string other) { } public Arm(int t) { } public long T { get; set; } }",
        new Found("SHOB009", DiagnosticSeverity.Error, "Arm", "'Arm' can't be constructed from its members: each of its constructors has a parameter that is no public member of the same type; add a constructor without parameters (it may be private), or one whose parameters have the names and types of members"));

    [Theory]
    [InlineData("public long T { get; }")]
    [InlineData("public readonly long T;")]
    public Task SHOB010_not_settable(string member) => Expect(
        $"[SharedObject(\"a\")] public partial class Arm {{ public long Other {{ get; set; }} {member} }}",
        new Found("SHOB010", DiagnosticSeverity.Error, "T", "'T' can't be set when a value is read; give it a setter ('init' or 'private set' will do), or a constructor parameter of its name and type"));

    // ---- the members ----------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("decimal", "use double, or long in a unit of your choice")]
    [InlineData("char", "use string, or ushort for a UTF-16 unit")]
    [InlineData("DateTime", "use long (nanoseconds since the epoch, say)")]
    [InlineData("TimeSpan", "use long (nanoseconds, say)")]
    [InlineData("nint", "use long")]
    [InlineData("int?", "a fixed layout has no room for null: use a value that means 'none', or a bool member beside it")]
    [InlineData("object", "use a type that says what is in it; an object of any type can be opened with SharedObject.OpenAny")]
    [InlineData("Half", "use float or double: a number is 64 bits wide in shared memory anyway")]
    [InlineData("Vector2", "use '[Shape(2)] float[]'")]
    [InlineData("IReadOnlyList<double>", "use a List<T> with its largest count, such as '[MaxShape(10)] List<double>', or an array with its shape, such as '[Shape(7)] double[]'")]
    [InlineData("ISet<int>", "use a HashSet<T> with its largest count, such as '[MaxShape(10)] HashSet<string>'")]
    [InlineData("SharedTuple", "use a value tuple, such as '(long, string)'")]
    [InlineData("double[][]", "rows of different lengths have no shape: use T[] or T[,] with [Shape]")]
    [InlineData("double[,,,]", "use T[] or Tensor<T> with [Shape], which have any rank")]
    [InlineData("DayOfWeek[]", "use an array of int and convert its elements")]
    [InlineData("string[]", "the elements of an ndarray are bool, an integer of 8 to 64 bits, Half, float, double, LongDouble, Complex64, Complex or LongDoubleComplex")]
    [InlineData("Tensor<string>", "the elements of an ndarray are bool, an integer of 8 to 64 bits, Half, float, double, LongDouble, Complex64, Complex or LongDoubleComplex")]
    [InlineData("Dictionary<string, int>", "use a nested [SharedObject] record; a dict of unknown keys can be opened with SharedObject.OpenAny")]
    [InlineData("NDArray", "use an array with its shape, such as '[Shape(7)] double[]'")]
    [InlineData("SharedDict", "use a nested [SharedObject] record; a dict of unknown keys can be opened with SharedObject.OpenAny")]
    [InlineData("ByteArray", "use '[ByteArray] byte[]'")]
    [InlineData("Version", "annotate 'Version' with [SharedObject(\"…\")] to make it a nested dict")]
    [InlineData("IComparable", "use one of the types in docs/diagnostics.md#shob011")]
    public Task SHOB011_unsupported(string type, string advice) => Expect(
        $"[SharedObject(\"a\")] public partial record Arm({type} M);",
        new Found("SHOB011", DiagnosticSeverity.Error, type, $"'M' has the type '{type}', which has no fixed layout in shared memory; {advice}"));

    [Fact]
    public Task SHOB011_underlines_types_of_properties_and_fields() => Expect(
        "[SharedObject(\"a\")] public partial class Arm { public decimal P { get; set; } public decimal F; }",
        new Found("SHOB011", DiagnosticSeverity.Error, "decimal", "'P' has the type 'decimal', which has no fixed layout in shared memory; use double, or long in a unit of your choice"),
        new Found("SHOB011", DiagnosticSeverity.Error, "decimal", "'F' has the type 'decimal', which has no fixed layout in shared memory; use double, or long in a unit of your choice"));

    [Theory]
    [InlineData("double[]", "[Shape(…)]")]
    [InlineData("double[,]", "[Shape(…, …)]")]
    [InlineData("double[,,]", "[Shape(…, …, …)]")]
    [InlineData("Tensor<double>", "[Shape(…)]")]
    public Task SHOB012_shape_missing(string type, string write) => Expect(
        $"[SharedObject(\"a\")] public partial record Arm({type} M);",
        new Found("SHOB012", DiagnosticSeverity.Error, type, $"'M' is an array, and the layout needs its shape; write '{write}' before it, with its lengths as numpy writes them"));

    [Theory]
    [InlineData("Shape(3)", "double[,]", "The shape of 'M' has 1 length, but 'double[,]' has 2 dimensions; write '[Shape(…, …)]', or change the member's type")]
    [InlineData("Shape(3, 4)", "double[,,]", "The shape of 'M' has 2 lengths, but 'double[,,]' has 3 dimensions; write '[Shape(…, …, …)]', or change the member's type")]
    [InlineData("Shape", "double[]", "The shape of 'M' has no lengths, but 'double[]' has one dimension at least; write '[Shape(…)]', or change the member's type")]
    public Task SHOB013_rank(string attribute, string type, string message) => Expect(
        $"[SharedObject(\"a\")] public partial record Arm([{attribute}] {type} M);",
        new Found("SHOB013", DiagnosticSeverity.Error, attribute, message));

    [Theory]
    [InlineData("0")]
    [InlineData("-3")]
    public Task SHOB014_lengths(string length) => Expect(
        $"[SharedObject(\"a\")] public partial record Arm([Shape(2, {length})] double[] M);",
        new Found("SHOB014", DiagnosticSeverity.Error, length, $"The shape of 'M' has the length {length}; each length must be positive"));

    [Theory]
    [InlineData("Shape(int.MaxValue, int.MaxValue, int.MaxValue)", "79228162403583873202826248184")]
    [InlineData("Shape(268435456)", "2147483648")]
    public Task SHOB015_array_too_large(string attribute, string size) => Expect(
        $"[SharedObject(\"a\")] public partial record Arm([{attribute}] double[] M);",
        new Found("SHOB015", DiagnosticSeverity.Error, attribute, $"'M' would take {size} bytes, and a shared object has at most 2147479551; make a shape or a capacity smaller, or share the parts as objects of their own"));

    [Fact]
    public Task SHOB015_object_too_large() => Expect(
        "[SharedObject(\"a\")] public partial record Arm([Shape(1500000000)] byte[] A, [Shape(1500000000)] byte[] B);",
        new Found("SHOB015", DiagnosticSeverity.Error, "Arm", "'Arm' would take 3000000273 bytes, and a shared object has at most 2147479551; make a shape or a capacity smaller, or share the parts as objects of their own"));

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    public Task SHOB016_capacity(string capacity) => Expect(
        $"[SharedObject(\"a\")] public partial record Arm([Capacity({capacity})] string M);",
        new Found("SHOB016", DiagnosticSeverity.Error, capacity, $"The capacity of 'M' is {capacity}; write how many bytes it can hold, at least 1"));

    [Theory]
    [InlineData("Shape(3)", "string", "[Shape] does not fit 'M': only arrays and Tensor<T> have a shape; remove it")]
    [InlineData("Shape(3)", "Vector3", "[Shape] does not fit 'M': the shape of a Vector3 is always (3,); remove it")]
    [InlineData("Capacity(3)", "long", "[Capacity] does not fit 'M': only string, and byte[] without [Shape], have a capacity; remove it")]
    [InlineData("ByteArray", "string", "[ByteArray] does not fit 'M': only a byte[] without [Shape] can be a bytearray; remove it")]
    [InlineData("Float64", "float", "[Float64] does not fit 'M': it is for Vector3, Quaternion and Matrix4x4; elsewhere the C# type says it (float and double)")]
    [InlineData("Shape(3)", "Three", "[Shape] does not fit 'M': the shape of a Three is always (3,); remove it")]
    [InlineData("QuaternionOrder(QuaternionOrder.Wxyz)", "Vector3", "[QuaternionOrder] does not fit 'M': only a Quaternion has an order; remove it")]
    public Task SHOB017_attribute_on_another_type(string attribute, string type, string message) => Expect(
        $"[SharedObject(\"a\")] public partial record Arm([{attribute}] {type} M); {Three}",
        new Found("SHOB017", DiagnosticSeverity.Error, attribute, message));

    [Theory]
    [InlineData("ByteArray", "[ByteArray] does not fit 'M': with [Shape] it is an ndarray; remove [Shape] for a bytearray, or [ByteArray] for an ndarray")]
    [InlineData("Capacity(3)", "[Capacity] does not fit 'M': with [Shape] it is an ndarray; remove [Shape] for bytes, or [Capacity] for an ndarray")]
    public Task SHOB017_bytes_with_a_shape(string attribute, string message) => Expect(
        $"[SharedObject(\"a\")] public partial record Arm([Shape(3), {attribute}] byte[] M);",
        new Found("SHOB017", DiagnosticSeverity.Error, attribute, message));

    [Fact]
    public Task SHOB017_key_of_a_bare_value() => Expect(
        "[SharedObject(\"a\", Kind = SharedKind.Value)] public partial record Arm([Key(\"k\")] long M);",
        new Found("SHOB017", DiagnosticSeverity.Error, "Key(\"k\")", "[Key] does not fit 'M': the object of a schema of kind Value is no dict and has no keys; remove it"));

    [Theory]
    [InlineData("internal long M { get; set; }", "only public members are shared; make it public, or remove the attribute")]
    [InlineData("private long M;", "only public members are shared; make it public, or remove the attribute")]
    [InlineData("public static long M { get; set; }", "a static member is not shared; remove it")]
    [InlineData("public long M => 1;", "a property that only computes something is not shared; remove it, or give the property a setter")]
    public Task SHOB017_on_a_member_that_is_not_shared(string member, string why) => Expect(
        $"[SharedObject(\"a\")] public partial class Arm {{ public long T {{ get; set; }} [Key(\"m\")] {member} }}",
        new Found("SHOB017", DiagnosticSeverity.Error, "Key(\"m\")", $"[Key] does not fit 'M': {why}"));

    [Fact]
    public Task SHOB018_one_key() => Expect(
        "[SharedObject(\"a\")] public partial record Arm(long QPos, long Q_Pos, [Key(\"q_pos\")] long Third);",
        new Found("SHOB018", DiagnosticSeverity.Error, "Q_Pos", "'QPos' and 'Q_Pos' both have the dict key 'q_pos'; give one of them another with [Key(\"…\")]"),
        new Found("SHOB018", DiagnosticSeverity.Error, "\"q_pos\"", "'QPos' and 'Third' both have the dict key 'q_pos'; give one of them another with [Key(\"…\")]"));

    [Theory]
    [InlineData("null!", "is null")]
    [InlineData("\"\\udfff\"", "has a lone surrogate, which UTF-8 can't hold")]
    public Task SHOB019_bad_key(string key, string why) => Expect(
        $"[SharedObject(\"a\")] public partial record Arm([Key({key})] long M);",
        new Found("SHOB019", DiagnosticSeverity.Error, key, $"The key of 'M' {why}; write the text that Python uses as the key"));

    [Fact]
    public Task SHOB020_cycle() => Expect(
        "[SharedObject(\"a\")] public partial record A(B Other); [SharedObject(\"b\")] public partial record B(A? Back); [SharedObject(\"c\")] public partial record C(C Self);",
        new Found("SHOB020", DiagnosticSeverity.Error, "B", "'Other' makes 'A' contain itself (A -> B -> A), which has no finite size; break the chain, for instance by sharing one of them as an object of its own"),
        new Found("SHOB020", DiagnosticSeverity.Error, "A?", "'Back' makes 'B' contain itself (B -> A -> B), which has no finite size; break the chain, for instance by sharing one of them as an object of its own"),
        new Found("SHOB020", DiagnosticSeverity.Error, "C", "'Self' makes 'C' contain itself (C -> C), which has no finite size; break the chain, for instance by sharing one of them as an object of its own"));

    [Fact]
    public Task What_is_wrong_inside_a_nested_schema_is_reported_there_alone() => Expect(
        "[SharedObject(\"a\")] public partial record A(B Other); [SharedObject(\"b\")] public partial record B(decimal Bad);",
        new Found("SHOB011", DiagnosticSeverity.Error, "decimal", "'Bad' has the type 'decimal', which has no fixed layout in shared memory; use double, or long in a unit of your choice"));

    // ---- suspicious, and what plain Python peers can't take --------------------------------------------------------

    [Fact]
    public async Task SHOB021_one_name()
    {
        Found[] found = await Compile.Analyze(
            "[SharedObject(\"arm\")] public partial record A(long T);",
            "namespace N; [SharedObject(\"arm\")] public partial record B(long T); [SharedObject(\"other\")] public partial record C(long T);");
        Assert.Equal(
            [new Found("SHOB021", DiagnosticSeverity.Warning, "\"arm\"", "'N.B' and 'A' have the same object name 'arm'; whichever opens second finds an object of another layout, so give one of them another name")],
            found);
    }

    [Fact]
    public Task SHOB022_scattered() => Expect(
        "[SharedObject(\"a\")] public partial class Arm { public long T { get; set; } } public partial class Arm { public long U { get; set; } }",
        new Found("SHOB022", DiagnosticSeverity.Warning, "Arm", "The members of 'Arm' are in several partial declarations, so their order in the object depends on the order in which the files are compiled; move them into one declaration"));

    [Fact]
    public Task SHOB023_several_arrays() => Expect(
        "[SharedObject(\"a\")] public partial record Arm([Shape(7)] double[] Q, Vector3 V);",
        new Found("SHOB023", DiagnosticSeverity.Info, "Arm", "'Arm' has 2 ndarrays; C# and the Python package of this project share it, but a plain real_robot peer raises NotImplementedError when it mounts it (one ndarray a dict, or each as an object of its own)"));

    [Fact]
    public Task SHOB024_nested_dict() => Expect(
        "[SharedObject(\"a\")] public partial record A(B Other); [SharedObject(\"b\")] public partial record B(long T);",
        new Found("SHOB024", DiagnosticSeverity.Info, "B", "'Other' is a dict in a dict; C# and the Python package of this project share it, but the fetch of a plain real_robot peer raises with the lock held, which blocks every writer until that process ends"));

    [Fact]
    public Task A_nested_bare_value_is_no_dict() => Expect(
        "[SharedObject(\"a\")] public partial record A(B Other); [SharedObject(\"b\", Kind = SharedKind.Value)] public partial record B(long T);");

    [Fact]
    public Task SHOB025_capacity_off_the_rule() => Expect(
        "[SharedObject(\"a\", InitSize = 50)] public partial record Arm([Capacity(100)] string M, [Capacity(50)] string Same);",
        new Found("SHOB025", DiagnosticSeverity.Info, "100", "The capacity of 'M' is 100, not the schema's InitSize (50); a plain real_robot peer can read the object but not assign it (for that, leave [Capacity] out or set InitSize on both sides)"));

    [Fact]
    public Task SHOB026_renamed() => Expect(
        "[SharedObject(\"a\")] public partial record Gripper(double Width, long Codec) { public void Open() { } public void OpenShared() { } }",
        new Found("SHOB026", DiagnosticSeverity.Info, "Codec", "'Gripper' has a 'Codec' of its own, so the generated one is called 'CodecShared'"),
        new Found("SHOB026", DiagnosticSeverity.Info, "Open", "'Gripper' has a 'Open' of its own, so the generated one is called 'OpenSharedShared'"));

    [Fact]
    public Task SHOB027_nested_init_size() => Expect(
        "[SharedObject(\"a\")] public partial record A(B Other); [SharedObject(\"b\", InitSize = 20, Kind = SharedKind.Value)] public partial record B(string T);",
        new Found("SHOB027", DiagnosticSeverity.Info, "B", "'Other' is of type 'B' with InitSize 20, in a schema with InitSize 100; Python peers have one init_size for an object with all its keys, and can't make or assign this one (give both the same)"));

    [Fact]
    public async Task SHOB021_a_group_and_a_schema()
    {
        Found[] found = await Compile.Analyze(
            "[SharedObject(\"arm_qpos\")] public partial record A(long T);",
            "[SharedObjectGroup(\"arm\")] public partial record B(long Qpos, long Other);",
            "[SharedObjectGroup(\"arm\")] public partial record C(long Qpos, long Other);");
        Assert.Equal(
            [
                new Found("SHOB021", DiagnosticSeverity.Warning, "\"arm\"", "'B.Qpos' and 'A' have the same object name 'arm_qpos'; whichever opens second finds an object of another layout, so give one of them another name"),
                new Found("SHOB021", DiagnosticSeverity.Warning, "\"arm\"", "'C.Other' and 'B.Other' have the same object name 'arm_other'; whichever opens second finds an object of another layout, so give one of them another name"),
            ],
            found);
    }

    // ---- groups ---------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("[Key(\"a/b\")] long M", "\"a/b\"", "'M' would be the shared object \"arm_a/b\", which can't be a name because it has a '/'; write the name without one, as Python passes it to SharedObject")]
    [InlineData("[Key(\"\\0\")] long M", "\"\\0\"", "'M' would be the shared object \"arm_\\0\", which can't be a name because it has a NUL character; remove that")]
    public Task SHOB028_object_of_a_member(string member, string span, string message) => Expect(
        $"[SharedObjectGroup(\"arm\")] public partial record Arm({member});",
        new Found("SHOB028", DiagnosticSeverity.Error, span, message));

    [Fact]
    public Task SHOB028_too_long()
    {
        string group = new('g', 250);
        return Expect(
            $"[SharedObjectGroup(\"{group}\")] public partial record Arm(long Qpos1);",
            new Found("SHOB028", DiagnosticSeverity.Error, "Qpos1", $"'Qpos1' would be the shared object \"{group}_qpos1\", which can't be a name because it takes 256 bytes of UTF-8; shorten it to 255 at most"));
    }

    [Fact]
    public Task SHOB029_schema_and_group() => Expect(
        "[SharedObject(\"a\"), SharedObjectGroup(\"b\")] public partial record Arm(long M);",
        new Found("SHOB029", DiagnosticSeverity.Error, "SharedObjectGroup(\"b\")", "'Arm' has both [SharedObject] and [SharedObjectGroup]; keep [SharedObject] for one object with all members, or [SharedObjectGroup] for an object a member"));

    [Fact]
    public Task The_rules_of_schemas_hold_for_groups() => Expect(
        "[SharedObjectGroup(\"/a\", InitSize = 0)] public partial record Arm(decimal D, double[] Q, long A, [Key(\"a\")] long B, [Capacity(int.MaxValue)] string T, [Key(\"open\")] long Modified);",
        new Found("SHOB005", DiagnosticSeverity.Error, "\"/a\"", "\"/a\" can't name a shared object because it has a '/'; write the name without one, as Python passes it to SharedObject"),
        new Found("SHOB006", DiagnosticSeverity.Error, "0", "InitSize is 0; it is the least capacity of texts and keys in bytes and must be positive (Python's init_size is 100 unless the Python side passes another)"),
        new Found("SHOB011", DiagnosticSeverity.Error, "decimal", "'D' has the type 'decimal', which has no fixed layout in shared memory; use double, or long in a unit of your choice"),
        new Found("SHOB012", DiagnosticSeverity.Error, "double[]", "'Q' is an array, and the layout needs its shape; write '[Shape(…)]' before it, with its lengths as numpy writes them"),
        new Found("SHOB018", DiagnosticSeverity.Error, "\"a\"", "'A' and 'B' both have the dict key 'a'; give one of them another with [Key(\"…\")]"),
        new Found("SHOB025", DiagnosticSeverity.Info, "int.MaxValue", "The capacity of 'T' is 2147483647, not the schema's InitSize (100); a plain real_robot peer can read the object but not assign it (for that, leave [Capacity] out or set InitSize on both sides)"),
        new Found("SHOB026", DiagnosticSeverity.Info, "Modified", "'Arm' has a 'Modified' of its own, so the generated one is called 'ModifiedShared'"));

    [Fact]
    public Task SHOB015_member_of_a_group() => Expect(
        "[SharedObjectGroup(\"a\")] public partial record Arm([Capacity(int.MaxValue)] byte[] T);",
        new Found("SHOB025", DiagnosticSeverity.Info, "int.MaxValue", "The capacity of 'T' is 2147483647, not the schema's InitSize (100); a plain real_robot peer can read the object but not assign it (for that, leave [Capacity] out or set InitSize on both sides)"),
        new Found("SHOB015", DiagnosticSeverity.Error, "byte[]", "'T' would take 2147483665 bytes, and a shared object has at most 2147479551; make a shape or a capacity smaller, or share the parts as objects of their own"));

    [Fact]
    public Task What_plain_peers_take_in_a_group_is_no_matter_of_the_group() => Expect(
        "[SharedObjectGroup(\"a\")] public partial record Arm([Shape(7)] double[] Q, Vector3 V, Inner Inner); [SharedObject(\"i\", InitSize = 20)] public partial record Inner(long T);");

    [Fact]
    public Task A_group_in_a_schema() => Expect(
        "[SharedObject(\"a\")] public partial record Arm(Parts Parts); [SharedObjectGroup(\"p\")] public partial record Parts(long T);",
        new Found("SHOB011", DiagnosticSeverity.Error, "Parts", "'Parts' has the type 'Parts', which has no fixed layout in shared memory; a group is not one object: open it beside this one, or make 'Parts' a [SharedObject]"));

    // ---- all rules ------------------------------------------------------------------------------------------------

    [Fact]
    public async Task Pragmas_suppress()
    {
        const string Schema = "[SharedObject(\"a\")] public partial record Arm([Shape(7)] double[] Q, Vector3 V);";
        Assert.Single(await Compile.Analyze(Schema));
        Assert.Empty(await Compile.Analyze("#pragma warning disable SHOB023\n" + Schema));
        Assert.Single(await Compile.Analyze("#pragma warning disable SHOB023\n#pragma warning restore SHOB023\n" + Schema));
    }

    [Fact]
    public async Task Severities_can_be_configured()
    {
        CSharpCompilation compilation = Compile.Create("[SharedObject(\"a\")] public partial record Arm([Shape(7)] double[] Q, Vector3 V);");
        compilation = compilation.WithOptions(compilation.Options.WithSyntaxTreeOptionsProvider(new Severities("SHOB023", ReportDiagnostic.Error)));
        Assert.Equal(DiagnosticSeverity.Error, Assert.Single(await Compile.Analyze(compilation, null)).Severity);
    }

    [Fact]
    public async Task Severities_in_an_editorconfig_file_count()
    {
        var config = AnalyzerConfig.Parse(
            """
            root = true

            [*.cs]
            dotnet_diagnostic.SHOB023.severity = error
            dotnet_diagnostic.SHOB025.severity = none
            """,
            "/project/.editorconfig");
        AnalyzerConfigSet set = AnalyzerConfigSet.Create(ImmutableArray.Create(config), out ImmutableArray<Diagnostic> problems);
        Assert.Empty(problems);
        CSharpCompilation compilation = Compile.Create(
            "[SharedObject(\"a\")] public partial record Arm([Shape(7)] double[] Q, Vector3 V, [Capacity(3)] string T);");
        compilation = compilation.ReplaceSyntaxTree(
            compilation.SyntaxTrees[0], compilation.SyntaxTrees[0].WithFilePath("/project/Arm.cs"));
        compilation = compilation.WithOptions(compilation.Options.WithSyntaxTreeOptionsProvider(new ConfiguredSeverities(set)));
        Found found = Assert.Single(await Compile.Analyze(compilation, null));
        Assert.Equal(("SHOB023", DiagnosticSeverity.Error), (found.Id, found.Severity));
    }

    private const string LockHeld =
        "C# and the Python package of this project share it, but the fetch of a plain real_robot peer raises with the lock held, which blocks every writer until that process ends";

    [Theory]
    [InlineData("List<double>")]
    [InlineData("HashSet<string>")]
    public Task SHOB030_no_largest_count(string type) => Expect(
        $"[SharedObject(\"a\")] public partial record Arm({type} M);",
        new Found("SHOB030", DiagnosticSeverity.Error, type, $"'M' is a {type}, and the layout needs room for its elements; write '[MaxShape(…)]' before it, with how many there are at most"));

    [Fact]
    public Task SHOB031_shape_and_largest_shape() => Expect(
        "[SharedObject(\"a\")] public partial record Arm([Shape(7), MaxShape(7)] double[] M);",
        new Found("SHOB031", DiagnosticSeverity.Error, "MaxShape(7)", "'M' has both [Shape] and [MaxShape]; keep [Shape] for an array whose shape never varies, or [MaxShape] for one with fewer rows at times"));

    [Theory]
    [InlineData("[SharedObject(\"a\", Kind = SharedKind.Value)]")]
    [InlineData("[SharedObjectGroup(\"a\")]")]
    public Task SHOB032_no_dict_around_it(string attribute) => Expect(
        attribute + " public partial record Arm([MaxShape(7)] double[] M);",
        new Found("SHOB032", DiagnosticSeverity.Error, "MaxShape(7)", "'M' can't have [MaxShape], because its object is the array itself and has no place for the length; make it a member of a [SharedObject] of kind Dict, or give it a [Shape]"));

    [Theory]
    [InlineData("[MaxShape(3)] List<decimal>", "List<decimal>", "decimal", "use double, or long in a unit of your choice")]
    [InlineData("[MaxShape(3)] List<double[]>", "List<double[]>", "double[]", "put it into a [SharedObject] record, where it has a shape of its own, and use that as the element")]
    [InlineData("[MaxShape(3)] List<List<int>>", "List<List<int>>", "List<int>", "put it into a [SharedObject] record, where it has a shape of its own, and use that as the element")]
    [InlineData("[MaxShape(3)] List<int?>", "List<int?>", "int?", "a fixed layout has no room for null: use a value that means 'none', or a bool member beside it")]
    [InlineData("[MaxShape(3)] HashSet<byte[]>", "HashSet<byte[]>", "byte[]", "the elements of a set are bool, integers, enums, float, double, Complex, Pose, string and value tuples of these: use a List<T> for others")]
    [InlineData("[MaxShape(3)] HashSet<(int, byte[])>", "HashSet<(int, byte[])>", "byte[]", "the elements of a set are bool, integers, enums, float, double, Complex, Pose, string and value tuples of these: use a List<T> for others")]
    [InlineData("(int, (string, char))", "(int, (string, char))", "char", "use string, or ushort for a UTF-16 unit")]
    [InlineData("(int, List<int>)", "(int, List<int>)", "List<int>", "put it into a [SharedObject] record, where it has a shape of its own, and use that as the element")]
    public Task SHOB033_elements(string member, string type, string element, string advice) => Expect(
        $"[SharedObject(\"a\")] public partial record Arm({member} M);",
        new Found("SHOB033", DiagnosticSeverity.Error, type, $"'M' has elements of type '{element}', which can't be shared there; {advice}"));

    [Theory]
    [InlineData("[MaxShape(3)] List<int>", "List<int>", "list")]
    [InlineData("[MaxShape(3)] HashSet<int>", "HashSet<int>", "set")]
    [InlineData("(int, bool)", "(int, bool)", "tuple")]
    public Task SHOB034_foreign(string member, string type, string name) => Expect(
        $"[SharedObject(\"a\")] public partial record Arm({member} M);",
        new Found("SHOB034", DiagnosticSeverity.Info, type, $"'M' is a {name}; {LockHeld}"));

    [Theory]
    [InlineData("[MaxShape(3, 4)] List<int>", "MaxShape(3, 4)", "2 lengths", "List<int>", "1 dimension", "[MaxShape(…)]")]
    [InlineData("[MaxShape] List<int>", "MaxShape", "no lengths", "List<int>", "1 dimension", "[MaxShape(…)]")]
    [InlineData("[MaxShape(3)] int[,]", "MaxShape(3)", "1 length", "int[,]", "2 dimensions", "[MaxShape(…, …)]")]
    [InlineData("[MaxShape] int[]", "MaxShape", "no lengths", "int[]", "one dimension at least", "[MaxShape(…)]")]
    public Task SHOB013_of_a_largest_shape(string member, string where, string found, string type, string rank, string instead) => Expect(
        $"[SharedObject(\"a\")] public partial record Arm({member} M);",
        new Found("SHOB013", DiagnosticSeverity.Error, where, $"The shape of 'M' has {found}, but '{type}' has {rank}; write '{instead}', or change the member's type"));

    [Theory]
    [InlineData("List<int>")]
    [InlineData("int[]")]
    public Task SHOB014_of_a_largest_shape(string type) => Expect(
        $"[SharedObject(\"a\")] public partial record Arm([MaxShape(0)] {type} M);",
        new Found("SHOB014", DiagnosticSeverity.Error, "0", "The shape of 'M' has the length 0; each length must be positive"));

    [Theory]
    [InlineData("[MaxShape(1 << 30)] List<int>")]
    [InlineData("[MaxShape(1 << 30, 4)] int[]")]
    public async Task SHOB015_of_a_largest_shape(string member)
    {
        Found found = Assert.Single(await Compile.Analyze($"[SharedObject(\"a\")] public partial record Arm({member} M);"), found => found.Severity == DiagnosticSeverity.Error);
        Assert.Equal("SHOB015", found.Id);
    }

    [Theory]
    [InlineData("[MaxShape(3)] string", "MaxShape(3)", "only arrays, Tensor<T>, List<T> and HashSet<T> have a length that can vary; remove it")]
    [InlineData("[MaxShape(3)] long", "MaxShape(3)", "only arrays, Tensor<T>, List<T> and HashSet<T> have a length that can vary; remove it")]
    [InlineData("[MaxShape(3)] Vector3", "MaxShape(3)", "only arrays, Tensor<T>, List<T> and HashSet<T> have a length that can vary; remove it")]
    [InlineData("[MaxShape(3), Capacity(9)] byte[]", "Capacity(9)", "with [MaxShape] it is an ndarray; remove [MaxShape] for bytes, or [Capacity] for an ndarray")]
    public Task SHOB017_of_a_largest_shape(string member, string where, string why) => Expect(
        $"[SharedObject(\"a\")] public partial record Arm({member} M);",
        new Found("SHOB017", DiagnosticSeverity.Error, where, $"[{where[..where.IndexOf('(', StringComparison.Ordinal)]}] does not fit 'M': {why}"));

    [Theory]
    [InlineData("[MaxShape(3), Capacity(9)] List<int>", "Capacity(9)")]
    [InlineData("[MaxShape(3)] (int, int)", "MaxShape(3)")]
    [InlineData("[Shape(3)] (int, int)", "Shape(3)")]
    [InlineData("[Float64] (int, string)", "Float64")]
    [InlineData("[MaxShape(3), QuaternionOrder(QuaternionOrder.Wxyz)] List<Vector3>", "QuaternionOrder(QuaternionOrder.Wxyz)")]
    public async Task SHOB017_of_sequences(string member, string where)
    {
        Found[] found = [.. (await Compile.Analyze($"[SharedObject(\"a\")] public partial record Arm({member} M);")).Where(found => found.Severity == DiagnosticSeverity.Error)];
        Assert.Equal(("SHOB017", where), (Assert.Single(found).Id, found[0].Span));
    }

    [Fact]
    public Task SHOB018_of_the_length() => Expect(
        "[SharedObject(\"a\")] public partial record Arm([MaxShape(3)] int[] M, long MLen);",
        new Found("SHOB018", DiagnosticSeverity.Error, "MLen", "'M' and 'MLen' both have the dict key 'm_len'; give one of them another with [Key(\"…\")]"));

    [Fact]
    public void Every_rule_has_a_section_a_link_and_a_release_note()
    {
        DirectoryInfo root = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "docs", "diagnostics.md")))
        {
            root = root.Parent ?? throw new FileNotFoundException("docs/diagnostics.md");
        }

        string page = File.ReadAllText(Path.Combine(root.FullName, "docs", "diagnostics.md"));
        string releases = File.ReadAllText(Path.Combine(root.FullName, "src", "SharedObject.Generators", "AnalyzerReleases.Unshipped.md"))
            + File.ReadAllText(Path.Combine(root.FullName, "src", "SharedObject.Generators", "AnalyzerReleases.Shipped.md"));
        ImmutableArray<DiagnosticDescriptor> rules = new SharedObjectAnalyzer().SupportedDiagnostics;
        Assert.Equal(rules.Length, rules.Select(rule => rule.Id).Distinct().Count());
        foreach (DiagnosticDescriptor rule in rules)
        {
            Assert.EndsWith("docs/diagnostics.md#" + rule.Id.ToLowerInvariant(), rule.HelpLinkUri, StringComparison.Ordinal);
            Assert.Contains($"\n## {rule.Id}\n", page, StringComparison.Ordinal);
            Assert.Contains(rule.Id + " | ", releases, StringComparison.Ordinal);
        }
    }


    private const string Three = "[System.Runtime.CompilerServices.InlineArray(3)] public struct Three { private double _first; }";

    private static async Task Expect(string source, params Found[] expected) => Assert.Equal(expected, await Compile.Analyze(source));

    private sealed class Severities(string id, ReportDiagnostic severity) : SyntaxTreeOptionsProvider
    {
        public override GeneratedKind IsGenerated(SyntaxTree tree, System.Threading.CancellationToken cancellationToken) => GeneratedKind.Unknown;

        public override bool TryGetDiagnosticValue(
            SyntaxTree tree, string diagnosticId, System.Threading.CancellationToken cancellationToken, out ReportDiagnostic value)
        {
            value = severity;
            return diagnosticId == id;
        }

        public override bool TryGetGlobalDiagnosticValue(
            string diagnosticId, System.Threading.CancellationToken cancellationToken, out ReportDiagnostic value)
        {
            value = default;
            return false;
        }
    }

    /// <summary>What the compiler itself makes of an .editorconfig: the severities for the file's path.</summary>
    private sealed class ConfiguredSeverities(AnalyzerConfigSet set) : SyntaxTreeOptionsProvider
    {
        public override GeneratedKind IsGenerated(SyntaxTree tree, System.Threading.CancellationToken cancellationToken) => GeneratedKind.Unknown;

        public override bool TryGetDiagnosticValue(
            SyntaxTree tree, string diagnosticId, System.Threading.CancellationToken cancellationToken, out ReportDiagnostic value) =>
            set.GetOptionsForSourcePath(tree.FilePath).TreeOptions.TryGetValue(diagnosticId, out value);

        public override bool TryGetGlobalDiagnosticValue(
            string diagnosticId, System.Threading.CancellationToken cancellationToken, out ReportDiagnostic value) =>
            set.GlobalConfigOptions.TreeOptions.TryGetValue(diagnosticId, out value);
    }
}
