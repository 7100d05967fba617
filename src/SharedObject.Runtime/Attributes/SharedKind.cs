namespace SharedObjects;

/// <summary>What the members of a schema become in the shared object.</summary>
public enum SharedKind
{
    /// <summary>The object is a Python <c>dict</c>; each member is one item, keyed by its name in snake_case.</summary>
    Dict,

    /// <summary>The object is the value of the schema's only member (an ndarray, a Pose, a number, …).</summary>
    Value,
}
