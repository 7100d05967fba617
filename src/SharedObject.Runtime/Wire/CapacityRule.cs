using System;

namespace SharedObjects.Wire;

/// <summary>How much room texts and byte strings of a new object get.</summary>
internal readonly struct CapacityRule
{
    // Enough that a text that changes a little mostly keeps its layout, which its readers then need not find out anew.
    private const int Step = 16;

    private readonly int? _initSize;
    private readonly int _step;

    private CapacityRule(int? initSize, int step)
    {
        _initSize = initSize;
        _step = step;
    }

    /// <summary>As much as they need, in steps: for objects that get room anew with each assign.</summary>
    internal static CapacityRule AsNeeded => new(null, Step);

    /// <summary>No more than they need: for bytes that are only compared.</summary>
    internal static CapacityRule Exact => new(null, 1);

    /// <summary>Python's rule, for objects whose capacities stay as they were made.</summary>
    internal static CapacityRule OfPython(int initSize) => new(initSize, Step);

    /// <summary>The capacity for a payload of so many bytes.</summary>
    /// <exception cref="OverflowException">It is more than an object can hold.</exception>
    internal int For(int length) => _initSize is { } initSize
        ? BytesArea.CapacityFor(length, initSize)
        : (checked(length + _step) & -_step) - 1; // with its end mark, a multiple of the step
}
