using System;

namespace SharedObjects;

/// <summary>
/// How many bytes a <c>str</c> (in UTF-8), <c>bytes</c> or <c>bytearray</c> member can hold, or each of them that is in a list, set or
/// tuple member. Without it the capacity is the schema's <see cref="SharedObjectAttribute.InitSize"/>, which is what a plain Python
/// peer can also assign.
/// </summary>
/// <param name="bytes">The capacity in bytes, positive.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class CapacityAttribute(int bytes) : Attribute
{
    /// <summary>The capacity in bytes.</summary>
    public int Bytes { get; } = bytes;
}
