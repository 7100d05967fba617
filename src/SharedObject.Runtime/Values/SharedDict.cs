using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using SharedObjects.Internals;

namespace SharedObjects;

/// <summary>
/// A Python dict as an untyped value: keys of any hashable type of the wire, values of any type, in insertion order.
/// </summary>
/// <remarks>
/// Keys are <c>null</c>, <see cref="bool"/>, <see cref="long"/> (an <see cref="int"/> counts as one), <see cref="double"/>,
/// <see cref="System.Numerics.Complex"/>, <see cref="Pose"/>, <see cref="string"/> or <c>byte[]</c> (compared by contents).
/// Two dicts are equal when they have equal items in the same order.
/// </remarks>
public sealed class SharedDict : IEnumerable<KeyValuePair<object?, object?>>, IEquatable<SharedDict>
{
    private const int IndexFrom = 32;

    private readonly List<KeyValuePair<object?, object?>> _items = [];
    private Dictionary<UntypedEquality.Key, int>? _index;

    /// <summary>How many items there are.</summary>
    public int Count => _items.Count;

    /// <summary>The keys in order.</summary>
    public IEnumerable<object?> Keys => _items.Select(item => item.Key);

    /// <summary>The values in order.</summary>
    public IEnumerable<object?> Values => _items.Select(item => item.Value);

    /// <summary>The value of a key. Setting an existing key keeps its place; a new one goes to the end.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public object? this[object? key]
    {
        get => TryGetValue(key, out object? value) ? value : throw new KeyNotFoundException($"The dict has no key '{key}'.");
        set
        {
            object? normal = UntypedEquality.NormaliseKey(key);
            int index = IndexOf(normal);
            if (index < 0)
            {
                Append(normal, value);
            }
            else
            {
                _items[index] = new(_items[index].Key, value);
            }
        }
    }

    /// <summary>Adds an item at the end.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">The key is there already.</exception>
    public void Add(object? key, object? value)
    {
        object? normal = UntypedEquality.NormaliseKey(key);
        if (IndexOf(normal) >= 0)
        {
            throw new ArgumentException($"The dict has the key '{key}' already.", nameof(key));
        }

        Append(normal, value);
    }

    /// <summary>Whether there is such a key.</summary>
    /// <param name="key">The key.</param>
    public bool ContainsKey(object? key) => IndexOf(UntypedEquality.NormaliseKey(key)) >= 0;

    /// <summary>Looks a key up.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value.</param>
    /// <returns>False if there is no such key.</returns>
    public bool TryGetValue(object? key, out object? value)
    {
        int index = IndexOf(UntypedEquality.NormaliseKey(key));
        value = index < 0 ? null : _items[index].Value;
        return index >= 0;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<object?, object?>> GetEnumerator() => _items.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(SharedDict? other)
    {
        if (other is null || Count != other.Count)
        {
            return false;
        }

        for (int i = 0; i < Count; i++)
        {
            if (!UntypedEquality.AreEqual(_items[i].Key, other._items[i].Key) || !UntypedEquality.AreEqual(_items[i].Value, other._items[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SharedDict);

    /// <inheritdoc/>
    public override int GetHashCode() => Count;

    /// <summary>The dict's keys and values, as text.</summary>
    public override string ToString() => "{" + string.Join(", ", _items.Select(item => $"{item.Key}: {item.Value}")) + "}";

    // Most dicts of the wire have a handful of items, for which a walk beats a hash table. A large one gets a table, as its maker
    // could otherwise make its readers compare for hours.
    private int IndexOf(object? key)
    {
        if (_items.Count < IndexFrom)
        {
            return _items.FindIndex(item => UntypedEquality.AreEqual(item.Key, key));
        }

        if (_index is null)
        {
            _index = new Dictionary<UntypedEquality.Key, int>(_items.Count);
            for (int i = 0; i < _items.Count; i++)
            {
                _index.Add(new UntypedEquality.Key(_items[i].Key), i);
            }
        }

        return _index.TryGetValue(new UntypedEquality.Key(key), out int index) ? index : -1;
    }

    private void Append(object? key, object? value)
    {
        _index?.Add(new UntypedEquality.Key(key), _items.Count);
        _items.Add(new(key, value));
    }
}
