using System;

namespace SharedObjects;

/// <summary>
/// The largest shape of an array member whose first length varies, a point cloud, say: <c>[MaxShape(100, 3)] float[,]</c> has up to 100
/// rows of 3. Or the largest number of elements of a <c>List&lt;T&gt;</c> or <c>HashSet&lt;T&gt;</c> member: <c>[MaxShape(10)]</c>.
/// </summary>
/// <remarks>
/// The object has room for the largest shape from the start. To Python an array is two items of the dict: the whole array under the
/// member's key, and behind it an <c>int</c> under that key with <c>_len</c>, so that <c>d["points"][:d["points_len"]]</c> is the value.
/// </remarks>
/// <param name="dimensions">The lengths, outermost first; each positive, their product times the element's size below 2 GiB.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class MaxShapeAttribute(params int[] dimensions) : Attribute
{
    /// <summary>The lengths, outermost first.</summary>
    public int[] Dimensions { get; } = dimensions;
}
