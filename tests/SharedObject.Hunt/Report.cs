using System.Collections.Generic;

namespace SharedObjects.Hunt;

/// <summary>What a process has done with one object.</summary>
internal sealed class Counts
{
    /// <summary>Values that were handed out.</summary>
    public long Reads { get; set; }

    /// <summary>Of these: of reads before and after which the stamps stood still, and were settled, so that they took no lock.</summary>
    public long Settled { get; set; }

    /// <summary>Mixtures that were handed out.</summary>
    public long Torn { get; set; }

    /// <summary>Mixtures in an object whose plain Python writers are killed half-way.</summary>
    public long Unseeable { get; set; }

    /// <summary>Values that were older than one that the same reader had seen.</summary>
    public long Back { get; set; }

    /// <summary>Times that the library said that a value was torn.</summary>
    public long ReportedTorn { get; set; }

    /// <summary>Times that a read or write was given up, or refused at once.</summary>
    public long NotInTime { get; set; }

    public long Writes { get; set; }

    public long Triggers { get; set; }

    /// <summary>Updates that refused a torn value.</summary>
    public long Refused { get; set; }

    /// <summary>Updates that threw half-way, on purpose.</summary>
    public long Threw { get; set; }

    /// <summary>Mixtures that the control copied by not looking at the stamps at all.</summary>
    public long Tears { get; set; }

    /// <summary>Mixtures that the control accepted by looking at commit twice instead of at mtime.</summary>
    public long TearsByCommit { get; set; }

    internal void Add(Counts other)
    {
        Reads += other.Reads;
        Settled += other.Settled;
        Torn += other.Torn;
        Unseeable += other.Unseeable;
        Back += other.Back;
        ReportedTorn += other.ReportedTorn;
        NotInTime += other.NotInTime;
        Writes += other.Writes;
        Triggers += other.Triggers;
        Refused += other.Refused;
        Threw += other.Threw;
        Tears += other.Tears;
        TearsByCommit += other.TearsByCommit;
    }
}

/// <summary>What a process has done: its last line, as JSON. hunt.py writes the same.</summary>
internal sealed class Report
{
    /// <summary>By the objects' labels.</summary>
    public Dictionary<string, Counts> Objects { get; set; } = [];

    /// <summary>The first things that went wrong.</summary>
    public List<string> Problems { get; set; } = [];

    internal Counts Of(ObjectPlan plan)
    {
        if (!Objects.TryGetValue(plan.Label, out Counts? counts))
        {
            Objects.Add(plan.Label, counts = new Counts());
        }

        return counts;
    }

    internal void Problem(string text)
    {
        const int Enough = 5;
        if (Problems.Count < Enough)
        {
            Problems.Add(text);
        }
    }

    internal void Add(Report other)
    {
        foreach ((string label, Counts counts) in other.Objects)
        {
            if (!Objects.TryGetValue(label, out Counts? own))
            {
                Objects.Add(label, own = new Counts());
            }

            own.Add(counts);
        }

        foreach (string problem in other.Problems)
        {
            Problem(problem);
        }
    }
}
