using System.Collections.Generic;

namespace SharedObjects.Hunt;

/// <summary>What one reader has seen of one object: values may not go back.</summary>
/// <remarks>
/// Sequences of one writer only grow. So a value is new if it is beyond all that this reader has seen of its writer; else it must be the one
/// seen last. A value that was seen, and then another, may not come again.
/// </remarks>
internal sealed class History
{
    private readonly Dictionary<int, ulong> _counts = [];
    private ulong _last;

    /// <summary>False if the value is older than one seen before.</summary>
    internal bool Accept(ulong sequence)
    {
        if (sequence == _last)
        {
            return true;
        }

        int writer = Pattern.WriterOf(sequence);
        ulong count = Pattern.CountOf(sequence);
        bool isNewer = !_counts.TryGetValue(writer, out ulong seen) || count > seen;
        _counts[writer] = count;
        _last = sequence;
        return isNewer;
    }
}
