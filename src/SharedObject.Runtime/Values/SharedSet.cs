using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using SharedObjects.Internals;

namespace SharedObjects;

/// <summary>
/// A Python <c>set</c> as an untyped value: elements of any types that can be a dict's keys, and tuples of such, each there once, in no
/// order of meaning. It never changes. Written as a collection expression: <c>SharedSet set = ["a", "b"];</c>
/// </summary>
/// <remarks>
/// Elements are <c>null</c>, <see cref="bool"/>, <see cref="long"/> (an <see cref="int"/> counts as one), <see cref="double"/>,
/// <see cref="System.Numerics.Complex"/>, <see cref="Pose"/>, <see cref="string"/>, <c>byte[]</c> (compared by contents), or a
/// <see cref="SharedTuple"/> of these (a value tuple counts as one). Two sets are equal when they have equal elements. To C#
/// <c>1L</c>, <c>1.0</c> and <c>true</c> are three elements, to Python they are one: it refuses to read a set with two of them.
/// </remarks>
[CollectionBuilder(typeof(SharedSet), nameof(Create))]
public sealed class SharedSet : IReadOnlyCollection<object?>, IEquatable<SharedSet>
{
    private readonly List<object?> _elements;
    private readonly HashSet<UntypedEquality.Key> _index;

    private SharedSet(int capacity)
    {
        _elements = new List<object?>(capacity);
        _index = new HashSet<UntypedEquality.Key>(capacity);
    }

    /// <summary>The set without elements.</summary>
    public static SharedSet Empty { get; } = new(0);

    /// <summary>How many elements there are.</summary>
    public int Count => _elements.Count;

    /// <summary>A set of the given elements; an element that is there already is left out, as in Python.</summary>
    /// <param name="elements">The elements.</param>
    public static SharedSet Create(params ReadOnlySpan<object?> elements)
    {
        var set = new SharedSet(elements.Length);
        foreach (object? element in elements)
        {
            set.TryAdd(element);
        }

        return set;
    }

    /// <summary>A set of the given elements; an element that is there already is left out, as in Python.</summary>
    /// <param name="elements">The elements.</param>
    public static SharedSet From(IEnumerable<object?> elements)
    {
        ArgumentNullException.ThrowIfNull(elements);
        return Create([.. elements]);
    }

    /// <summary>Whether there is such an element.</summary>
    /// <param name="element">The element.</param>
    public bool Contains(object? element) => _index.Contains(new(UntypedEquality.NormaliseKey(element)));

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator() => _elements.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(SharedSet? other) => other is not null && Count == other.Count && _index.IsSubsetOf(other._index);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SharedSet);

    /// <inheritdoc/>
    public override int GetHashCode() => _index.Aggregate(0, (hash, key) => hash ^ key.GetHashCode()); // in whatever order they are

    /// <summary>The set as Python would print it, about.</summary>
    public override string ToString() =>
        Count == 0 ? "set()" : "{" + string.Join(", ", _elements.Select(UntypedEquality.Describe)) + "}";

    /// <summary>A set that elements can be added to, with <see cref="TryAdd"/>, until it is handed out.</summary>
    internal static SharedSet WithRoomFor(int count) => new(count);

    internal bool TryAdd(object? element)
    {
        object? normal = UntypedEquality.NormaliseKey(element);
        if (!_index.Add(new(normal)))
        {
            return false;
        }

        _elements.Add(normal);
        return true;
    }
}
