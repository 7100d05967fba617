namespace SharedObjects.Generators.Layout;

/// <summary>An element type of ndarrays.</summary>
/// <param name="Name">The member of the runtime's <c>DType</c>.</param>
/// <param name="NumpyName">numpy's name.</param>
/// <param name="Size">The size of an element in bytes.</param>
/// <param name="CSharpName">The C# type with the same bytes, as it stands in source.</param>
internal sealed record ElementType(string Name, string NumpyName, int Size, string CSharpName)
{
    internal static ElementType Bool { get; } = new("Bool", "bool", 1, "bool");

    internal static ElementType Int8 { get; } = new("Int8", "int8", 1, "sbyte");

    internal static ElementType UInt8 { get; } = new("UInt8", "uint8", 1, "byte");

    internal static ElementType Int16 { get; } = new("Int16", "int16", 2, "short");

    internal static ElementType UInt16 { get; } = new("UInt16", "uint16", 2, "ushort");

    internal static ElementType Int32 { get; } = new("Int32", "int32", 4, "int");

    internal static ElementType UInt32 { get; } = new("UInt32", "uint32", 4, "uint");

    internal static ElementType Int64 { get; } = new("Int64", "int64", 8, "long");

    internal static ElementType UInt64 { get; } = new("UInt64", "uint64", 8, "ulong");

    internal static ElementType Float16 { get; } = new("Float16", "float16", 2, "global::System.Half");

    internal static ElementType Float32 { get; } = new("Float32", "float32", 4, "float");

    internal static ElementType Float64 { get; } = new("Float64", "float64", 8, "double");

    internal static ElementType LongDouble { get; } = new("LongDouble", "float128", 16, "global::SharedObjects.LongDouble");

    internal static ElementType Complex64 { get; } = new("Complex64", "complex64", 8, "global::SharedObjects.Complex64");

    internal static ElementType Complex128 { get; } = new("Complex128", "complex128", 16, "global::System.Numerics.Complex");

    internal static ElementType LongDoubleComplex { get; } =
        new("LongDoubleComplex", "complex256", 32, "global::SharedObjects.LongDoubleComplex");
}
