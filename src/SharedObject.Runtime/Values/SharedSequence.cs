using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using SharedObjects.Internals;

namespace SharedObjects;

/// <summary>
/// A Python <c>tuple</c> or <c>list</c> as an untyped value: elements of any types, in order. It never changes, and two are equal
/// when they are of the same kind and have equal elements in the same order.
/// </summary>
/// <remarks>
/// Elements are what <see cref="SharedObject.OpenAny"/> lists, each other included. <c>byte[]</c> elements are compared by contents.
/// </remarks>
public abstract class SharedSequence : IReadOnlyList<object?>, IEquatable<SharedSequence>
{
    private readonly ImmutableArray<object?> _elements;

    private protected SharedSequence(ImmutableArray<object?> elements) => _elements = elements;

    /// <summary>How many elements there are.</summary>
    public int Count => _elements.Length;

    /// <summary>The element at an index.</summary>
    /// <param name="index">The index, from 0.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such element.</exception>
    public object? this[int index] => _elements[index];

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator() => ((IEnumerable<object?>)_elements).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(SharedSequence? other) =>
        other is not null && GetType() == other.GetType() && _elements.SequenceEqual(other._elements, UntypedEquality.Comparer);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SharedSequence);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (object? element in _elements)
        {
            hash.Add(element, UntypedEquality.Comparer);
        }

        return hash.ToHashCode();
    }

    private protected string Join() => string.Join(", ", _elements.Select(UntypedEquality.Describe));
}
