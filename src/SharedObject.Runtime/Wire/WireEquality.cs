using System;
using System.Collections.Generic;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using SharedObjects.Internals;

namespace SharedObjects.Wire;

/// <summary>Compares arrays by shape and elements: what the generated equality of records is made of.</summary>
public static class WireEquality
{
    // A few elements tell values apart well enough; an image has a million.
    private const int HashedElements = 16;

    /// <summary>Whether two arrays are both null, or have equal elements.</summary>
    /// <typeparam name="T">The type of an element.</typeparam>
    /// <param name="left">An array.</param>
    /// <param name="right">Another.</param>
    public static bool SameElements<T>(T[]? left, T[]? right)
        where T : unmanaged =>
        left is null || right is null ? ReferenceEquals(left, right) : left.AsSpan().SequenceEqual(right, EqualityComparer<T>.Default);

    /// <summary>Whether two arrays are both null, or have the same shape and equal elements.</summary>
    /// <typeparam name="T">The type of an element.</typeparam>
    /// <param name="left">An array.</param>
    /// <param name="right">Another.</param>
    public static bool SameElements<T>(T[,]? left, T[,]? right)
        where T : unmanaged => SameElements<T>((Array?)left, right);

    /// <inheritdoc cref="SameElements{T}(T[,], T[,])"/>
    public static bool SameElements<T>(T[,,]? left, T[,,]? right)
        where T : unmanaged => SameElements<T>((Array?)left, right);

    /// <summary>Whether two tensors are both null, or have the same shape and equal elements.</summary>
    /// <typeparam name="T">The type of an element.</typeparam>
    /// <param name="left">A tensor.</param>
    /// <param name="right">Another.</param>
    public static bool SameElements<T>(Tensor<T>? left, Tensor<T>? right)
        where T : unmanaged
    {
        if (left is null || right is null || !left.Lengths.SequenceEqual(right.Lengths))
        {
            return ReferenceEquals(left, right);
        }

        using IEnumerator<T> others = ((IEnumerable<T>)right).GetEnumerator();
        foreach (T element in left)
        {
            if (!others.MoveNext() || !EqualityComparer<T>.Default.Equals(element, others.Current))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether two lists are both null, or have equal elements in the same order; byte strings are compared by contents.</summary>
    /// <typeparam name="T">The type of an element.</typeparam>
    /// <param name="left">A list.</param>
    /// <param name="right">Another.</param>
    public static bool SameElements<T>(List<T>? left, List<T>? right) => left is null || right is null
        ? ReferenceEquals(left, right)
        : CollectionsMarshal.AsSpan(left).SequenceEqual(
            CollectionsMarshal.AsSpan(right),
            typeof(T) == typeof(byte[]) ? (IEqualityComparer<T>)UntypedEquality.Comparer : EqualityComparer<T>.Default);

    /// <summary>Whether two sets are both null, or have equal elements.</summary>
    /// <typeparam name="T">The type of an element.</typeparam>
    /// <param name="left">A set.</param>
    /// <param name="right">Another.</param>
    public static bool SameElements<T>(HashSet<T>? left, HashSet<T>? right) =>
        left is null || right is null ? ReferenceEquals(left, right) : left.SetEquals(right);

    /// <summary>Adds the first elements of an array to a hash.</summary>
    /// <typeparam name="T">The type of an element.</typeparam>
    /// <param name="hash">The hash.</param>
    /// <param name="elements">The array; null counts as empty.</param>
    public static void AddElements<T>(ref HashCode hash, ReadOnlySpan<T> elements)
    {
        foreach (T element in elements[..Math.Min(elements.Length, HashedElements)])
        {
            hash.Add(element);
        }
    }

    private static bool SameElements<T>(Array? left, Array? right)
        where T : unmanaged =>
        left is null || right is null
            ? ReferenceEquals(left, right)
            : WireArray.HasShape(left, WireArray.ShapeOf(right))
                && WireArray.AllElements<T>(left).SequenceEqual(WireArray.AllElements<T>(right), EqualityComparer<T>.Default);
}
