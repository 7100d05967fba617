using System.Linq;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Layout;

namespace SharedObjects.Generators.Model;

/// <summary>The type of a member: what it is on the wire, and how C# sees it.</summary>
/// <param name="Wire">What it is on the wire.</param>
/// <param name="CSharpName">The C# type, as it stands in source.</param>
internal abstract record ValueModel(WireType Wire, string CSharpName)
{
    /// <summary>Whether reading it only loads and copies, and so can't fail, whatever the bytes are.</summary>
    internal bool IsPlain => this switch
    {
        IntValue integer => integer.CSharpName == "long", // all others are range-checked
        FloatValue number => !number.IsSingle,
        NumericsValue vector => !vector.IsFloat64,
        StringValue or BytesValue or NestedValue or ListValue or ArrayValue { IsVarying: true } => false,
        TupleValue tuple => tuple.Elements.All(element => element.IsPlain),
        _ => true,
    };
}

internal sealed record BoolValue() : ValueModel(new ScalarWire(WireScalar.Bool), "bool");

/// <param name="TypeName">The C# type as it stands in source.</param>
/// <param name="Integer">The keyword of the integer type; of an enum, the one that underlies it.</param>
internal sealed record IntValue(string TypeName, string Integer) : ValueModel(new ScalarWire(WireScalar.Int), TypeName)
{
    internal bool IsEnum => TypeName != Integer;
}

/// <param name="IsSingle">Whether the C# type is <c>float</c>, not <c>double</c>.</param>
internal sealed record FloatValue(bool IsSingle)
    : ValueModel(new ScalarWire(WireScalar.Float), IsSingle ? "float" : "double");

internal sealed record ComplexValue()
    : ValueModel(new ScalarWire(WireScalar.Complex), "global::System.Numerics.Complex");

internal sealed record PoseValue() : ValueModel(new ScalarWire(WireScalar.Pose), "global::SharedObjects.Pose");

internal sealed record StringValue(TextWire Text) : ValueModel(Text, "string");

/// <summary>A <c>byte[]</c> that is <c>bytes</c> or <c>bytearray</c>.</summary>
internal sealed record BytesValue(TextWire Text) : ValueModel(Text, "byte[]");

/// <param name="Array">The ndarray; of the largest shape where the length varies.</param>
/// <param name="Form">The C# type.</param>
/// <param name="IsVarying">Whether the first length varies.</param>
internal sealed record ArrayValue(ArrayWire Array, ArrayForm Form, bool IsVarying = false)
    : ValueModel(Array, NameOf(Array.Element.CSharpName, Form))
{
    private static string NameOf(string element, ArrayForm form) => form switch
    {
        ArrayForm.Flat => element + "[]",
        ArrayForm.Rank2 => element + "[,]",
        ArrayForm.Rank3 => element + "[,,]",
        _ => $"global::System.Numerics.Tensors.Tensor<{element}>",
    };
}

internal enum ArrayForm
{
    /// <summary><c>T[]</c>, whatever the rank of the shape.</summary>
    Flat,

    /// <summary><c>T[,]</c>.</summary>
    Rank2,

    /// <summary><c>T[,,]</c>.</summary>
    Rank3,

    /// <summary><c>System.Numerics.Tensors.Tensor&lt;T&gt;</c>.</summary>
    Tensor,
}

/// <summary>A <c>Vector3</c>, <c>Quaternion</c> or <c>Matrix4x4</c>, which is a small float32 or float64 ndarray.</summary>
/// <param name="Array">The ndarray.</param>
/// <param name="TypeName">The type's simple name; the runtime's methods in <c>WireNumerics</c> end in it.</param>
/// <param name="IsFloat64">Whether the elements are float64.</param>
/// <param name="QuaternionOrder">The member of the runtime's enum, for a quaternion only.</param>
internal sealed record NumericsValue(ArrayWire Array, string TypeName, bool IsFloat64, string? QuaternionOrder)
    : ValueModel(Array, "global::System.Numerics." + TypeName);

/// <summary>A struct with <c>[InlineArray]</c>: an ndarray of one dimension that stands inside the value itself.</summary>
/// <param name="Array">The ndarray.</param>
/// <param name="TypeName">The struct, as it stands in source.</param>
internal sealed record InlineArrayValue(ArrayWire Array, string TypeName) : ValueModel(Array, TypeName);

/// <summary>A value tuple.</summary>
/// <param name="Tuple">What it is on the wire.</param>
/// <param name="Elements">Its elements.</param>
/// <param name="TypeName">The C# type, as it stands in source, with the names of its elements.</param>
internal sealed record TupleValue(TupleWire Tuple, ImmutableEquatableArray<ValueModel> Elements, string TypeName)
    : ValueModel(Tuple, TypeName);

/// <summary>A <c>List&lt;T&gt;</c> or <c>HashSet&lt;T&gt;</c>.</summary>
/// <param name="List">What it is on the wire.</param>
/// <param name="Element">An element.</param>
/// <param name="ElementName">The C# type of an element, as it stands in source.</param>
internal sealed record ListValue(ListWire List, ValueModel Element, string ElementName)
    : ValueModel(List, $"global::System.Collections.Generic.{(List.IsSet ? "HashSet" : "List")}<{ElementName}>");

/// <summary>A member whose type is a schema of its own.</summary>
/// <param name="Schema">That schema's wire type.</param>
/// <param name="TypeName">The C# type, as it stands in source.</param>
/// <param name="IsReferenceType">Whether it can be null.</param>
/// <param name="Names">What is generated into that type.</param>
internal sealed record NestedValue(WireType Schema, string TypeName, bool IsReferenceType, NestedNames Names)
    : ValueModel(Schema, TypeName);

/// <summary>The names of what the code of one schema uses of another's.</summary>
internal sealed record NestedNames(string Codec, string View, string Writer);
