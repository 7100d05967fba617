namespace SharedObjects.Generators.Model;

/// <summary>A member of a schema.</summary>
/// <param name="Name">The C# name, without <c>@</c>.</param>
/// <param name="Key">The dict key; of no meaning in a schema of kind Value.</param>
/// <param name="Value">Its type.</param>
/// <param name="MayBeNull">Whether its type has a <c>?</c>; a null is refused when it is to be written.</param>
/// <param name="RowsName">What the rows of an array of two or three dimensions are called in views; null for all others.</param>
/// <param name="LengthName">What the length of an array whose length varies is called in views; null for all others.</param>
internal sealed record MemberModel(
    string Name,
    string Key,
    ValueModel Value,
    bool MayBeNull,
    string? RowsName = null,
    string? LengthName = null)
{
    /// <summary>The key of the item with the length of an array whose length varies; null for all others.</summary>
    internal string? LengthKey => Value is ArrayValue { IsVarying: true } ? LengthKeyOf(Key) : null;

    internal static string LengthKeyOf(string key) => key + "_len";
}
