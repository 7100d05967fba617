using System.Collections.Generic;
using System.Linq;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Rendering;

/// <summary>What processes with the unmodified <c>real_robot</c> library can do with an object (docs/wire-format.md has the reasons).</summary>
/// <param name="CanMount">Whether <c>SharedObject(name)</c> works.</param>
/// <param name="CanFetch">Whether <c>fetch()</c> works, and lets go of its lock.</param>
/// <param name="CanAssign">Whether <c>assign(…)</c> works, with the limits that the notes name.</param>
/// <param name="Notes">Limits, for people.</param>
internal sealed record PlainPeers(bool CanMount, bool CanFetch, bool CanAssign, IReadOnlyList<string> Notes)
{
    internal static PlainPeers Of(ObjectLayout layout)
    {
        var notes = new List<string>();
        ValueLayout[] all = [.. Parts(layout.Value)];
        int arrays = layout.Value is DictLayout ? all.OfType<ArrayLayout>().Count() : 0;
        bool canMount = arrays < 2;
        if (!canMount)
        {
            notes.Add($"it has {arrays} ndarrays in a dict, and mounting one with more than one raises");
        }

        bool nested = all.OfType<DictLayout>().Skip(layout.Value is DictLayout ? 1 : 0).Any();
        if (nested)
        {
            notes.Add("fetching a dict in a dict raises, and keeps the readers' lock: every writer then waits until that process ends");
        }

        bool sequences = all.OfType<SequenceLayout>().Any();
        if (sequences)
        {
            notes.Add("fetching a tuple, list or set raises, and keeps the readers' lock, and assigning one raises");
        }

        bool scalarArray = all.OfType<ArrayLayout>().Any(array => array.Shape.Length == 0);
        if (scalarArray)
        {
            notes.Add("a 0-d ndarray can be fetched, and not assigned");
        }

        int[] capacities = [.. all.OfType<BytesLayout>().Select(bytes => bytes.Capacity).Distinct().Order()];
        if (capacities is [BytesArea.DefaultInitSize])
        {
            notes.Add($"texts and byte strings can be assigned up to {BytesArea.DefaultInitSize / 2} bytes");
        }
        else if (capacities.Length > 0)
        {
            notes.Add($"texts and byte strings of capacity {string.Join(", ", capacities)}: only what has just this capacity by Python's rule "
                + "max(2n, init_size) can be assigned");
        }

        if (layout.Value is DynamicLayout)
        {
            notes.Add("none may mount it: mounting works, but fetching raises, and keeps the readers' lock, and assigning raises");
            return new PlainPeers(CanMount: true, CanFetch: false, CanAssign: false, notes);
        }

        return new PlainPeers(canMount, canMount && !nested && !sequences, canMount && !scalarArray && !sequences, notes);
    }

    private static IEnumerable<ValueLayout> Parts(ValueLayout layout) => layout switch
    {
        DictLayout dict => [dict, .. dict.Items.SelectMany(item => Parts(item.Key.Layout).Concat(Parts(item.Value)))],
        SequenceLayout sequence => [sequence, .. sequence.Slots.SelectMany(Parts)],
        _ => [layout],
    };
}
