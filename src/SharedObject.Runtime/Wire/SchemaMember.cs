namespace SharedObjects.Wire;

/// <summary>Where a member of a schema is in its shared object.</summary>
/// <param name="Name">The C# member; of the length of an array that has one, the member of views.</param>
/// <param name="Key">The dict key; null in a schema that is a bare value.</param>
/// <param name="WireType">The type of the value, as people read it: <c>int</c>, <c>str of up to 100 bytes</c>, <c>ndarray float64 (7,)</c>.</param>
/// <param name="Offset">Where the value's data area begins, the byte behind its type tag, counted from the object's first byte.</param>
/// <param name="Size">The size of the data area in bytes.</param>
public sealed record SchemaMember(string Name, string? Key, string WireType, int Offset, int Size);
