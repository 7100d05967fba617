using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace SharedObjects;

/// <summary>
/// A Python <c>list</c> as an untyped value: an object that holds one has room for as many elements as its first value had, and
/// takes shorter lists too. Written as a collection expression: <c>SharedList list = [1L, "a", 2.5];</c>
/// </summary>
[CollectionBuilder(typeof(SharedList), nameof(Create))]
public sealed class SharedList : SharedSequence
{
    private SharedList(ImmutableArray<object?> elements)
        : base(elements)
    {
    }

    /// <summary>The list without elements.</summary>
    public static SharedList Empty { get; } = new([]);

    /// <summary>A list of the given elements.</summary>
    /// <param name="elements">The elements in order; copied.</param>
    public static SharedList Create(params ReadOnlySpan<object?> elements) => elements.IsEmpty ? Empty : new([.. elements]);

    /// <summary>A list of the given elements.</summary>
    /// <param name="elements">The elements in order; copied.</param>
    public static SharedList From(IEnumerable<object?> elements)
    {
        ArgumentNullException.ThrowIfNull(elements);
        return new([.. elements]);
    }

    /// <summary>The list as Python would print it, about.</summary>
    public override string ToString() => "[" + Join() + "]";
}
