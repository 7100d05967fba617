using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Layout;

namespace SharedObjects.Generators.Model;

/// <summary>A group: a type whose members are an object each.</summary>
/// <param name="Type">The annotated type.</param>
/// <param name="ObjectName">What the names of the objects begin with.</param>
/// <param name="Members">The members; their keys are what the names of the objects end in.</param>
/// <param name="CodecClasses">For each member, the class of its codec; of no meaning for one whose type is a schema.</param>
/// <param name="Construction">How a value is made.</param>
/// <param name="Names">What is generated.</param>
/// <param name="Equality">The equality of a record with arrays.</param>
internal sealed record GroupModel(
    TypeModel Type,
    string ObjectName,
    ImmutableEquatableArray<MemberModel> Members,
    ImmutableEquatableArray<string> CodecClasses,
    ConstructionModel Construction,
    GroupNames Names,
    EqualityModel? Equality);

/// <summary>The names of what is generated into a group; each has a suffix where the type has a member of that name.</summary>
internal sealed record GroupNames(
    string Group,
    string DefaultName,
    string Open,
    string OpenOrCreate,
    string Create,
    string Publish,
    string Fetch,
    string FetchInto,
    string Assign,
    string Modified,
    string Dispose,
    string Validate,
    string EqualityClass);

/// <summary>A group with the places of its members, each in an object of its own: what the emitter works from.</summary>
internal sealed record PlacedGroup(GroupModel Group, ImmutableEquatableArray<SchemaLayout> Layouts);
