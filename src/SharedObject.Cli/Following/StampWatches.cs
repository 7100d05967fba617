using System;
using System.Collections.Generic;
using System.Linq;
using SharedObjects.Cli.Shell;

namespace SharedObjects.Cli.Following;

/// <summary>Several objects that are watched by one thread.</summary>
internal sealed class StampWatches : IDisposable
{
    private StampWatches(IReadOnlyList<StampWatch> all) => All = all;

    internal IReadOnlyList<StampWatch> All { get; }

    /// <summary>Opens those that are shared objects; what the others are is said on standard error.</summary>
    /// <param name="names">The objects' names.</param>
    /// <param name="result">The exit code: that of the first that is none.</param>
    internal static StampWatches Open(IEnumerable<string> names, out int result)
    {
        var all = new List<StampWatch>();
        result = Tool.ForEach([.. names.Distinct(StringComparer.Ordinal)], name => all.Add(new StampWatch(name)));
        return new StampWatches(all);
    }

    /// <summary>Looks at them in turn until the interruption, or until a step says that it is enough.</summary>
    /// <param name="interruption">What ends it.</param>
    /// <param name="longest">The longest sleep between two looks.</param>
    /// <param name="onChange">Called with each new stamp; false ends it.</param>
    /// <param name="afterLook">Called after each round.</param>
    internal void Run(Interruption interruption, TimeSpan longest, Func<StampWatch, bool> onChange, Action? afterLook = null)
    {
        var pace = new Pace(longest);
        while (!interruption.Requested)
        {
            bool changed = false;
            foreach (StampWatch watch in All)
            {
                if (watch.Poll())
                {
                    changed = true;
                    if (!onChange(watch))
                    {
                        return;
                    }
                }
            }

            afterLook?.Invoke();
            pace.Sleep(changed);
        }
    }

    public void Dispose()
    {
        foreach (StampWatch watch in All)
        {
            watch.Dispose();
        }
    }
}
