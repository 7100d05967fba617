using SharedObjects.Generators.Helpers;

namespace SharedObjects.Generators.Model;

/// <summary>
/// The equality to generate for a record with arrays: the compiler's own compares them by reference (and throws for inline
/// arrays), so that a fetched value would never be equal to the one assigned.
/// </summary>
/// <param name="Parts">Everything the compiler's equality would compare, in order.</param>
/// <param name="IsVirtual">Whether records may derive from this one; they are unequal to it, and override <c>Equals</c>.</param>
/// <param name="EmitsGetHashCode">False if the user wrote <c>GetHashCode</c>.</param>
internal sealed record EqualityModel(
    ImmutableEquatableArray<EqualityPart> Parts,
    bool IsVirtual,
    bool EmitsGetHashCode);

/// <param name="Name">The field or property, as it stands in source.</param>
/// <param name="TypeName">Its type, as it stands in source.</param>
/// <param name="Form">How two of them are compared.</param>
/// <param name="ElementName">The type of an inline array's elements, as it stands in source; null for all others.</param>
internal sealed record EqualityPart(string Name, string TypeName, EqualityForm Form, string? ElementName = null);

internal enum EqualityForm
{
    /// <summary>By <c>EqualityComparer&lt;T&gt;.Default</c>, as the compiler does it.</summary>
    Default,
    Array,
    RankedArray,
    Tensor,
    InlineArray,

    /// <summary><c>List&lt;T&gt;</c> or <c>HashSet&lt;T&gt;</c>.</summary>
    Collection,
}
