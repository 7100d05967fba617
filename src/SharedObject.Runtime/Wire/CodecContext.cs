namespace SharedObjects.Wire;

/// <summary>What a codec is told about the object it works for.</summary>
public readonly struct CodecContext
{
    // Two names, and not a list: contexts are made on the read path, which allocates nothing.
    private readonly string? _outermost;
    private readonly string? _innermost;

    /// <summary>The context of an object.</summary>
    /// <param name="objectName">The object's name, for messages.</param>
    /// <param name="layout">The object's layout, as it was found when the object was mounted or made.</param>
    public CodecContext(string objectName, ObjectLayout layout)
    {
        ObjectName = objectName;
        Layout = layout;
    }

    private CodecContext(in CodecContext outer, string member)
        : this(outer.ObjectName, outer.Layout)
    {
        _outermost = outer._outermost ?? member;
        _innermost = outer._outermost is null ? null
            : outer._innermost is null ? member
            : "…";
    }

    /// <summary>The object's name, for messages.</summary>
    public string ObjectName { get; }

    /// <summary>The object's layout, as it was found when the object was mounted or made.</summary>
    public ObjectLayout Layout { get; }

    /// <summary>The context for the codec of a member that is a schema itself, so that messages name the way to its members.</summary>
    /// <param name="member">The C# member.</param>
    public CodecContext Within(string member) => new(this, member);

    /// <summary>The way to a member from the object's own value, or null for that value.</summary>
    internal string? PathOf(string? member) => (_outermost, _innermost) switch
    {
        (null, _) => member,
        (_, null) => member is null ? _outermost : $"{_outermost}.{member}",
        _ => member is null ? $"{_outermost}.{_innermost}" : $"{_outermost}.{_innermost}.{member}",
    };
}
