namespace SharedObjects.Wire;

/// <summary>One run of fixed bytes: where it stands in the object, and where in the constant block.</summary>
internal readonly record struct FixedPart(int ObjectOffset, int BlockOffset, int Length);
