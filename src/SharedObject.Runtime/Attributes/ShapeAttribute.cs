using System;

namespace SharedObjects;

/// <summary>
/// The shape of an array member, as numpy writes it: <c>[Shape(480, 848, 3)]</c>, C order, last dimension contiguous.
/// On a flat <c>T[]</c> the shape may have any rank; on <c>T[,]</c> and <c>T[,,]</c> it has the array's.
/// </summary>
/// <param name="dimensions">The lengths, outermost first; each positive, their product times the element's size below 2 GiB.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class ShapeAttribute(params int[] dimensions) : Attribute
{
    /// <summary>The lengths, outermost first.</summary>
    public int[] Dimensions { get; } = dimensions;
}
