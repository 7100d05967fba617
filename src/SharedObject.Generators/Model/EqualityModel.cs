using SharedObjects.Generators.Helpers;

namespace SharedObjects.Generators.Model;

/// <summary>
/// The equality to generate for a record with arrays: the compiler's own compares them by reference, so that a fetched
/// value would never be equal to the one assigned.
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
internal sealed record EqualityPart(string Name, string TypeName, EqualityForm Form);

internal enum EqualityForm
{
    /// <summary>By <c>EqualityComparer&lt;T&gt;.Default</c>, as the compiler does it.</summary>
    Default,
    Array,
    Rank2,
    Rank3,
    Tensor,
}
