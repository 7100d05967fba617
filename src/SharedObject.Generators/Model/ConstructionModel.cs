using SharedObjects.Generators.Helpers;

namespace SharedObjects.Generators.Model;

/// <summary>How a value is made. The codec is nested in the type, so private constructors and setters serve as well.</summary>
/// <param name="Arguments">The members (by index) that are the constructor's arguments, in order.</param>
/// <param name="Initialized">The members that are set in the object initializer.</param>
/// <param name="IsPlain">
/// Whether making a value only stores the members: a record's own constructor, and no field that an initializer of the
/// user's could fill.
/// </param>
/// <param name="InPlace">Whether an existing object can be filled again: a class all of whose members can be set.</param>
internal sealed record ConstructionModel(
    ImmutableEquatableArray<int> Arguments,
    ImmutableEquatableArray<int> Initialized,
    bool InPlace,
    bool IsPlain);
