using Microsoft.CodeAnalysis;

namespace SharedObjects.Generators.Parser;

/// <summary>What to write instead of a type that has no fixed layout.</summary>
internal static class UnsupportedTypes
{
    private const string Array = "use an array with its shape, such as '[Shape(7)] double[]'";

    /// <summary>What to write instead of an element of a list or tuple.</summary>
    internal static string ElementAdvice(ITypeSymbol type) =>
        type is IArrayTypeSymbol || KnownTypes.CollectionOf(type) is not null || KnownTypes.InlineArrayOf(type) is not null
            || KnownTypes.Is(type, "System.Numerics.Tensors", "Tensor")
            ? "put it into a [SharedObject] record, where it has a shape of its own, and use that as the element"
            : Advice(type);

    internal static string Advice(ITypeSymbol type)
    {
        switch (type)
        {
            case IArrayTypeSymbol { ElementType: IArrayTypeSymbol }:
                return "rows of different lengths have no shape: use T[] or T[,] with [Shape]";
            case IArrayTypeSymbol { Rank: > 3 } array when KnownTypes.ElementOf(array.ElementType) is not null:
                return "use T[] or Tensor<T> with [Shape], which have any rank";
            case IArrayTypeSymbol { ElementType.TypeKind: TypeKind.Enum } array:
                ITypeSymbol? underlying = ((INamedTypeSymbol)array.ElementType).EnumUnderlyingType;
                return $"use an array of {underlying?.ToDisplayString()} and convert its elements";
            case IArrayTypeSymbol or INamedTypeSymbol { Name: "Tensor" }:
                return "the elements of an ndarray are bool, an integer of 8 to 64 bits, Half, float, double, "
                    + "LongDouble, Complex64, Complex or LongDoubleComplex";
            case INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T }:
                return "a fixed layout has no room for null: use a value that means 'none', or a bool member beside it";
        }

        if (KnownTypes.GroupAttributeOf(type) is not null)
        {
            return $"a group is not one object: open it beside this one, or make '{type.Name}' a [SharedObject]";
        }

        switch (type.SpecialType)
        {
            case SpecialType.System_Decimal:
                return "use double, or long in a unit of your choice";
            case SpecialType.System_Char:
                return "use string, or ushort for a UTF-16 unit";
            case SpecialType.System_DateTime:
                return "use long (nanoseconds since the epoch, say)";
            case SpecialType.System_IntPtr or SpecialType.System_UIntPtr:
                return "use long";
            case SpecialType.System_Object:
                return "use a type that says what is in it; an object of any type can be opened with SharedObject.OpenAny";
        }

        return type.Name switch
        {
            "NDArray" or "SharedArray" => Array,
            "ByteArray" => "use '[ByteArray] byte[]'",
            "SharedDict" or "Dictionary" or "IDictionary" or "IReadOnlyDictionary" =>
                "use a nested [SharedObject] record; a dict of unknown keys can be opened with SharedObject.OpenAny",
            "DateTimeOffset" or "TimeSpan" or "DateOnly" or "TimeOnly" => "use long (nanoseconds, say)",
            "Half" => "use float or double: a number is 64 bits wide in shared memory anyway",
            "LongDouble" => "use double, or a '[Shape(1)] LongDouble[]'",
            "Complex64" => "use System.Numerics.Complex",
            "LongDoubleComplex" => "use System.Numerics.Complex, or a '[Shape(1)] LongDoubleComplex[]'",
            "Int128" or "UInt128" or "BigInteger" => "an int is 64 bits wide in shared memory: use long",
            "Guid" => "use '[Capacity(16)] byte[]'",
            "Vector2" => "use '[Shape(2)] float[]'",
            "Vector4" or "Plane" => "use '[Shape(4)] float[]'",
            "Matrix3x2" => "use '[Shape(3, 2)] float[]'",
            "IList" or "IReadOnlyList" or "IEnumerable" or "ICollection" or "IReadOnlyCollection" or "ImmutableArray" or "ImmutableList" =>
                "use a List<T> with its largest count, such as '[MaxShape(10)] List<double>', or an array with its shape, such as "
                    + "'[Shape(7)] double[]'",
            "ISet" or "IReadOnlySet" or "SortedSet" or "ImmutableHashSet" or "FrozenSet" =>
                "use a HashSet<T> with its largest count, such as '[MaxShape(10)] HashSet<string>'",
            "SharedList" => "use a List<T> with its largest count, such as '[MaxShape(10)] List<double>'",
            "SharedSet" => "use a HashSet<T> with its largest count, such as '[MaxShape(10)] HashSet<string>'",
            "SharedTuple" or "Tuple" => "use a value tuple, such as '(long, string)'",
            "Memory" or "ReadOnlyMemory" or "Span" or "ReadOnlySpan" or "Memory2D" or "Span2D" => Array,
            _ when type.TypeKind is TypeKind.Class or TypeKind.Struct =>
                $"annotate '{type.Name}' with [SharedObject(\"…\")] to make it a nested dict",
            _ => "use one of the types in docs/diagnostics.md#shob011",
        };
    }
}
