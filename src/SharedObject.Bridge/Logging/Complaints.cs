using System;
using System.Collections.Generic;
using System.Threading;

namespace SharedObjects.Bridging.Logging;

/// <summary>Has everything said once: what goes wrong with one value goes wrong with the next thousand, too.</summary>
internal sealed class Complaints
{
    // Who makes up topics by the million is to fill neither the log nor the memory.
    private const int MaxSaid = 1000;

    private readonly Lock _gate = new();
    private readonly HashSet<(string Subject, string What)> _said = [];

    internal void Say(string subject, string what, Action say)
    {
        lock (_gate)
        {
            if (_said.Count >= MaxSaid || !_said.Add((subject, what)))
            {
                return;
            }
        }

        say();
    }

    /// <summary>It is over: the next time it is said again.</summary>
    /// <returns>Whether it was said.</returns>
    internal bool TryForget(string subject, string what)
    {
        lock (_gate)
        {
            return _said.Remove((subject, what));
        }
    }
}
