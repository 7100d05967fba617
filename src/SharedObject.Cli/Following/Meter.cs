using SharedObjects.Interop;

namespace SharedObjects.Cli.Following;

/// <summary>What was seen of one object in one interval.</summary>
/// <remarks>
/// Times between changes are those of their stamps, which the writers made: how late they were seen does not matter. Changes that followed
/// each other faster than we look count as one, so that rates are lower bounds.
/// </remarks>
internal sealed class Meter(StampWatch watch)
{
    private readonly Samples _periods = new();
    private readonly Samples _ages = new();
    private long _bytes;

    internal string Name => watch.Name;

    /// <summary>How many changes were seen.</summary>
    internal int Changes { get; private set; }

    /// <summary>How many bytes the object had with each change, on average: a dynamic one may have others each time.</summary>
    internal double ObjectSize => Changes > 0 ? (double)_bytes / Changes : watch.Size;

    /// <summary>Seconds between the stamps of changes that were seen one after the other.</summary>
    internal Samples Periods => _periods;

    /// <summary>Seconds from the stamp to the moment it was seen.</summary>
    internal Samples Ages => _ages;

    /// <summary>Counts the change that the watch has just seen.</summary>
    internal void Count()
    {
        Changes++;
        _bytes += watch.Size;
        _ages.Add(((double)Posix.Now() - watch.Stamp) / 1e9);
        if (watch.PreviousStamp != 0)
        {
            _periods.Add(((double)watch.Stamp - watch.PreviousStamp) / 1e9);
        }
    }

    internal void Clear()
    {
        Changes = 0;
        _bytes = 0;
        _periods.Clear();
        _ages.Clear();
    }
}
