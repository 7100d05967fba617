using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace SharedObjects.Sync;

/// <summary>The locks that the kernel shows, of which only those of <c>flock</c> matter here.</summary>
/// <remarks>
/// <c>/proc/locks</c> (proc_locks(5)) has a line for each lock and each waiter (<c>-></c>), and <c>/proc/PID/fdinfo/FD</c> one, behind
/// <c>lock:</c>, for each lock of an open file:
/// <code>
///   1: FLOCK  ADVISORY  WRITE 18045 00:1b:128412 0 EOF
///   1: -> FLOCK  ADVISORY  WRITE 18048 00:1b:128412 0 EOF
/// </code>
/// with the device in hexadecimal and the inode in decimal.
/// </remarks>
internal static class LockTable
{
    private const string OfDescriptor = "lock:";

    /// <summary>The locks of this machine, or of this PID namespace.</summary>
    internal static List<LockEntry> Read() => Parse(File.ReadAllText("/proc/locks"));

    /// <summary>The locks of a text: of <c>/proc/locks</c>, or of a file in <c>/proc/PID/fdinfo</c>.</summary>
    internal static List<LockEntry> Parse(string text)
    {
        var entries = new List<LockEntry>();
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (ParseLine(line.StartsWith(OfDescriptor, StringComparison.Ordinal) ? line[OfDescriptor.Length..] : line) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private static LockEntry? ParseLine(ReadOnlySpan<char> line)
    {
        const int Arrow = 1, Kind = 1, Mode = 3, Process = 4, Where = 5, Count = 6;
        Span<Range> words = stackalloc Range[Count + 2];
        int count = line.SplitAny(words, " \t", StringSplitOptions.RemoveEmptyEntries);
        int waiting = count > Arrow && line[words[Arrow]] is "->" ? 1 : 0;
        return count >= Count + waiting
            && line[words[Kind + waiting]] is "FLOCK"
            && int.TryParse(line[words[Process + waiting]], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int process)
                ? new LockEntry(line[words[Where + waiting]].ToString(), process, line[words[Mode + waiting]] is "WRITE", waiting == 1)
                : null;
    }
}
