using System;

namespace SharedObjects;

/// <summary>
/// Makes a partial record, record struct, class or struct the schema of a shared object: the source generator adds a
/// codec with fixed offsets, and <c>Open</c>, <c>Create</c>, <c>OpenOrCreate</c> and <c>Publish</c>.
/// </summary>
/// <param name="name">
/// The segment's default name (without a leading slash, at most 255 bytes of UTF-8). Each generated method also takes
/// another name, for a second arm or camera with the same schema.
/// </param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class SharedObjectAttribute(string name) : Attribute
{
    /// <summary>The segment's default name.</summary>
    public string Name { get; } = name;

    /// <summary>Whether the object is a dict with an item a member (the default), or one bare value.</summary>
    public SharedKind Kind { get; set; } = SharedKind.Dict;

    /// <summary>
    /// The capacity rule for every key and every <c>str</c>, <c>bytes</c> and <c>bytearray</c> member without a
    /// <see cref="CapacityAttribute"/>, in bytes: the <c>init_size</c> that Python peers pass (100 unless they say so).
    /// A Python peer can assign an object only if its own <c>init_size</c> is the same.
    /// </summary>
    public int InitSize { get; set; } = Wire.BytesArea.DefaultInitSize;
}
