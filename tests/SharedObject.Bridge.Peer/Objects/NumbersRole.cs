using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;

namespace SharedObjects.Bridging.Peers.Objects;

/// <summary>
/// Many objects with an integer each, which it makes, or opens as they come to be. <c>assign N</c> gives all of them that number;
/// <c>until N</c> answers, when all have it, with the seconds that it has waited.
/// </summary>
internal static class NumbersRole
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(2);

    internal static int Play(string prefix, int count, bool makes)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix}{i}"))];
        List<SharedObject<long>> handles = makes ? [.. names.Select(static name => SharedObject.Publish(name, 0L))] : [];
        return Dialogue.Play(words =>
        {
            switch (words)
            {
                case ["assign", var number]:
                    handles.ForEach(handle => handle.Assign(long.Parse(number, CultureInfo.InvariantCulture)));
                    return "done";
                case ["until", var number]:
                    long began = Stopwatch.GetTimestamp();
                    Until(names, handles, long.Parse(number, CultureInfo.InvariantCulture));
                    return Block.Seconds(began).ToString("0.000", CultureInfo.InvariantCulture);
                default:
                    throw Dialogue.NotUnderstood(words);
            }
        });
    }

    private static void Until(string[] names, List<SharedObject<long>> handles, long number)
    {
        while (handles.Count < names.Length)
        {
            if (SharedObject.Exists(names[handles.Count]))
            {
                handles.Add(SharedObject.Open<long>(names[handles.Count]));
            }
            else
            {
                Thread.Sleep(Step);
            }
        }

        foreach (SharedObject<long> handle in handles)
        {
            while (!handle.TryFetch(out long value) || value != number)
            {
                Thread.Sleep(Step);
            }
        }
    }
}
