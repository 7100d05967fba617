using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;

namespace SharedObjects.Internals;

/// <summary>When untyped values are equal: by contents, where .NET would compare <c>byte[]</c> by reference.</summary>
internal static class UntypedEquality
{
    internal static IEqualityComparer<object?> Comparer { get; } = new ValueComparer();

    internal static bool AreEqual(object? left, object? right) => left is byte[] bytes
        ? right is byte[] others && bytes.AsSpan().SequenceEqual(others)
        : Equals(left, right);

    /// <summary>What a key of a dict, or an element of a set, is kept as.</summary>
    internal static object? NormaliseKey(object? key) => key switch
    {
        int number => (long)number,
        float number => (double)number,
        SharedTuple tuple => SharedTuple.From(tuple.Select(NormaliseKey)),
        ITuple tuple => SharedTuple.From(Enumerable.Range(0, tuple.Length).Select(i => NormaliseKey(tuple[i]))),
        _ => key,
    };

    /// <summary>A value as text, for people.</summary>
    internal static string Describe(object? value) => value switch
    {
        null => "None",
        string text => $"'{text}'",
        byte[] bytes => $"bytes of {bytes.Length}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static int HashOf(object? value)
    {
        if (value is not byte[] bytes)
        {
            return value?.GetHashCode() ?? 0;
        }

        HashCode hash = default;
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }

    /// <summary>A key as hash tables compare it: null is one.</summary>
    internal readonly struct Key(object? value) : IEquatable<Key>
    {
        private readonly object? _value = value;

        public bool Equals(Key other) => AreEqual(_value, other._value);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode() => HashOf(_value);
    }

    private sealed class ValueComparer : IEqualityComparer<object?>
    {
        bool IEqualityComparer<object?>.Equals(object? left, object? right) => AreEqual(left, right);

        int IEqualityComparer<object?>.GetHashCode(object? value) => HashOf(value);
    }
}
