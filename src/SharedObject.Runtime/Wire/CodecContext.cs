namespace SharedObjects.Wire;

/// <summary>What a codec is told about the object it works for.</summary>
/// <param name="objectName">The object's name, for messages.</param>
/// <param name="layout">The object's layout, as it was found when the object was mounted or made.</param>
public readonly struct CodecContext(string objectName, ObjectLayout layout)
{
    /// <summary>The object's name, for messages.</summary>
    public string ObjectName { get; } = objectName;

    /// <summary>The object's layout, as it was found when the object was mounted or made.</summary>
    public ObjectLayout Layout { get; } = layout;
}
