using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Layout;

namespace SharedObjects.Generators.Model;

/// <summary>
/// All that the later stages need to know of an annotated type: plain values with value equality. No symbol, syntax node,
/// location or compilation may be reachable from here: they are never equal to those of the next keystroke, and would keep
/// whole old compilations alive (a test walks the models to make sure).
/// </summary>
internal sealed record SchemaModel(
    TypeModel Type,
    string ObjectName,
    SchemaKind Kind,
    int InitSize,
    ImmutableEquatableArray<MemberModel> Members,
    WireType Wire,
    ConstructionModel Construction,
    GeneratedNames Names,
    EqualityModel? Equality);

/// <summary>The runtime's <c>SharedKind</c>, with the same numbers.</summary>
internal enum SchemaKind
{
    Dict = 0,
    Value = 1,

    /// <summary>Of the generator alone: each member is an object of its own (see <see cref="GroupModel"/>).</summary>
    Group = 2,
}

/// <summary>A schema with its offsets: what the emitter works from.</summary>
internal sealed record PlacedSchema(SchemaModel Schema, SchemaLayout Layout);
