namespace SharedObjects.Bridging.Wire;

/// <summary>What an empty message says of its object, by the number in it.</summary>
internal enum ClearKind
{
    /// <summary>It has moved to the other lane: the broker keeps nothing of it on this one.</summary>
    Moved = 0,

    /// <summary>It was removed, and so is what the broker keeps.</summary>
    Removed = 1,

    /// <summary>Its origin publishes it no more, so that another one may; what the broker keeps, and what has been made of it, stays.</summary>
    Released = 2,
}
