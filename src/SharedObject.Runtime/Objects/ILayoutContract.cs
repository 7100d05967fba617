using SharedObjects.Wire;

namespace SharedObjects.Objects;

/// <summary>What a handle asks of an object's layout; asked again whenever the handle moves to another segment of its name.</summary>
internal interface ILayoutContract
{
    /// <summary>The hash of the schema, for the trailers of new segments; 0 if there is none.</summary>
    ulong SchemaHash { get; }

    /// <summary>Whether the layout is what the handle's values need.</summary>
    bool Accepts(ObjectLayout layout);

    /// <exception cref="SharedSchemaException">The layout is not what the handle's values need.</exception>
    void Check(string name, ObjectLayout layout);
}
