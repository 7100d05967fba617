using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace SharedObjects;

/// <summary>
/// A Python <c>tuple</c> as an untyped value: an object that holds one has tuples of the same length and types for its whole
/// life. Written as a collection expression: <c>SharedTuple pair = [1L, "a"];</c>
/// </summary>
[CollectionBuilder(typeof(SharedTuple), nameof(Create))]
public sealed class SharedTuple : SharedSequence
{
    private SharedTuple(ImmutableArray<object?> elements)
        : base(elements)
    {
    }

    /// <summary>The tuple without elements.</summary>
    public static SharedTuple Empty { get; } = new([]);

    /// <summary>A tuple of the given elements.</summary>
    /// <param name="elements">The elements in order; copied.</param>
    public static SharedTuple Create(params ReadOnlySpan<object?> elements) => elements.IsEmpty ? Empty : new([.. elements]);

    /// <summary>A tuple of the given elements.</summary>
    /// <param name="elements">The elements in order; copied.</param>
    public static SharedTuple From(IEnumerable<object?> elements)
    {
        ArgumentNullException.ThrowIfNull(elements);
        return new([.. elements]);
    }

    /// <summary>The tuple as Python would print it, about.</summary>
    public override string ToString() => "(" + Join() + (Count == 1 ? ",)" : ")");
}
