using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using SharedObjects.Cli.Segments;

namespace SharedObjects.Cli.Linux;

/// <summary>Who holds which <c>flock</c>: /proc/locks (proc_locks(5)).</summary>
internal sealed class LockTable(IReadOnlyList<LockEntry> entries)
{
    internal static LockTable Read() => Parse(ProcFile.Text("/proc/locks"));

    internal static LockTable Parse(string text)
    {
        var entries = new List<LockEntry>();
        foreach (string line in text.Split('\n'))
        {
            // "3: FLOCK  ADVISORY  WRITE 1234 00:19:42 0 EOF"; one that waits has "->" before the kind.
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            int waiting = words.Length > 1 && words[1] == "->" ? 1 : 0;
            if (words.Length < 6 + waiting || words[1 + waiting] != "FLOCK")
            {
                continue;
            }

            string place = words[5 + waiting];
            int at = place.LastIndexOf(':');
            if (at > 0
                && FileId.TryParse(place.AsSpan(0, at), place.AsSpan(at + 1)) is { } file
                && int.TryParse(words[4 + waiting], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int process))
            {
                entries.Add(new LockEntry(file, process, words[3 + waiting] == "WRITE", waiting == 1));
            }
        }

        return new LockTable(entries);
    }

    internal LockEntry[] Of(FileId file) => [.. entries.Where(entry => entry.File == file)];

    internal LockEntry[] HoldersOf(FileId file) => [.. entries.Where(entry => entry.File == file && !entry.IsWaiting)];

    /// <summary>Why a lock was not to be had, and what to do: for people.</summary>
    internal string WhyLocked(string name)
    {
        LockEntry[] holders = [];
        using (SegmentFile? file = SegmentFile.TryOpen(name, out _))
        {
            if (file is not null)
            {
                holders = HoldersOf(FileId.Of(file.Status()));
            }
        }

        if (holders.Length == 0)
        {
            return $"the lock of '{name}' was not to be had in time; nobody holds it now: try again, or give a longer --timeout";
        }

        ProcessInfo[] processes = [.. holders.Select(holder => ProcessInfo.Of(holder.Process))];
        string which = holders.Any(holder => holder.IsExclusive) ? "the writer's lock" : "a readers' lock";
        string advice = processes.FirstOrDefault(process => process.IsStopped) is { } stopped
            ? $"let it go on (kill -CONT {stopped.Id}) or end it (kill -KILL {stopped.Id})"
            : $"give a longer --timeout, or end it (kill {processes[0].Id})";
        return $"{which} of '{name}' is held by {string.Join(" and ", processes.Select(process => process.ToString()))}: {advice}";
    }
}
