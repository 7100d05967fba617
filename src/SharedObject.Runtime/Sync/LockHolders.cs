using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using SharedObjects.Interop;
using SharedObjects.Memory;

namespace SharedObjects.Sync;

/// <summary>
/// Finds out who holds a segment's lock, for people to read. <see cref="Of"/> never throws: what can't be found out is left out, as a message
/// about a lock must not fail for another reason than the lock.
/// </summary>
/// <remarks>
/// <see cref="LockTable"/> names the process that took a lock. The lock, though, belongs to the open file description, which a fork shares: if
/// that process has ended, or has closed the file, it is a child of its that keeps it. <c>/proc/PID/fdinfo</c> shows the same lines for the
/// descriptors of a process, and so who that is. In a PID namespace of its own (a container) <c>/proc/locks</c> leaves out a lock whose taker has
/// ended, and fdinfo shows it as process 0's.
/// </remarks>
internal static class LockHolders
{
    // Enough to look through thousands of processes; a caller that has waited for the lock can wait as long for the reason.
    private static readonly TimeSpan LongestSearch = TimeSpan.FromMilliseconds(250);

    // Processes, however long that takes: on a busy machine the time may be over with the first of them.
    private const int SearchedAnyway = 32;

    // The kernel shows the table by pages, and counts lines from its start for each: where locks come and go meanwhile, a line may be
    // there twice, or not at all. Once more is enough then.
    private const int MostLooks = 3;

    /// <summary>The processes that hold a lock on a segment, which is not to be had.</summary>
    internal static IReadOnlyList<SharedLockHolder> Of(SegmentDescriptor descriptor)
    {
        bool held = false;
        try
        {
            descriptor.DangerousAddRef(ref held);
            return Posix.Status(descriptor.Number, out FileStatus status) < 0 ? [] : Find(status.LockTableName).ConvertAll(Describe);
        }
        catch (Exception e) when (IsNoAnswer(e) || e is ObjectDisposedException)
        {
            return [];
        }
        finally
        {
            if (held)
            {
                descriptor.DangerousRelease();
            }
        }
    }

    /// <summary>The locks on a file, which is known to be locked; each is said to be of a process that holds it now.</summary>
    internal static List<LockEntry> Find(string file)
    {
        for (int look = 0; look < MostLooks; look++)
        {
            List<LockEntry> held = [.. LockTable.Read().Where(entry => entry.File == file && !entry.IsWaiting).SelectMany(HeldNow).Distinct()];
            if (held.Count > 0)
            {
                return held;
            }
        }

        return Search(entry => entry.File == file, near: Environment.ProcessId);
    }

    /// <summary>
    /// A held lock of the table as that of who holds it now: its taker or, if that does not, those that have inherited it. Empty if it has
    /// come free since.
    /// </summary>
    internal static List<LockEntry> HeldNow(LockEntry shown)
    {
        // Of a process that can't be looked into (another user's) the table has to be believed.
        if (LocksOf(shown.Process) is not { } own || own.Contains(shown))
        {
            return [shown];
        }

        // Looked at again before the search, which is long: most locks are held for microseconds.
        if (!LockTable.Read().Contains(shown))
        {
            return [];
        }

        List<LockEntry> heirs = Search(entry => entry == shown, near: shown.Process);
        return heirs.Count > 0 ? heirs : [shown];
    }

    /// <summary>Looks for locks through the open files of all processes.</summary>
    private static List<LockEntry> Search(Predicate<LockEntry> wanted, int near)
    {
        List<LockEntry> found = [];
        long began = Stopwatch.GetTimestamp();
        int searched = 0;
        foreach (int id in ProcessesBy(near))
        {
            found.AddRange((LocksOf(id) ?? []).FindAll(wanted).ConvertAll(entry => entry with { Process = id }));
            if (++searched >= SearchedAnyway && Stopwatch.GetElapsedTime(began) > LongestSearch)
            {
                break;
            }
        }

        return [.. found.Distinct()];
    }

    /// <summary>All processes, those first whose numbers are near the given one's: its children are likely to be among them.</summary>
    private static List<int> ProcessesBy(int parent)
    {
        List<int> ids = [];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            {
                ids.Add(id);
            }
        }

        ids.Sort((left, right) => Math.Abs((long)left - parent).CompareTo(Math.Abs((long)right - parent)));
        return ids;
    }

    /// <summary>The locks of a process's open files; null where it is another user's.</summary>
    private static List<LockEntry>? LocksOf(int id)
    {
        List<LockEntry> locks = [];
        try
        {
            foreach (string info in Directory.EnumerateFiles($"/proc/{id}/fdinfo"))
            {
                locks.AddRange(LocksIn(info));
            }

            return locks;
        }
        catch (DirectoryNotFoundException)
        {
            return []; // it has ended
        }
        catch (Exception e) when (IsNoAnswer(e))
        {
            return null;
        }
    }

    private static List<LockEntry> LocksIn(string info)
    {
        try
        {
            return LockTable.Parse(File.ReadAllText(info));
        }
        catch (FileNotFoundException)
        {
            return []; // closed meanwhile
        }
    }

    private static SharedLockHolder Describe(LockEntry entry)
    {
        string? command = CommandOf(entry.Process, out bool isStopped);
        return new SharedLockHolder(entry.Process, command, entry.IsWriter, isStopped);
    }

    /// <summary>The program's name and, if there is one, that of its script; null if there is no such process.</summary>
    private static string? CommandOf(int id, out bool isStopped)
    {
        isStopped = false;
        try
        {
            // "PID (name) state …"; the name may have parentheses of its own.
            string stat = File.ReadAllText($"/proc/{id}/stat");
            int end = stat.LastIndexOf(')');
            char state = stat[end + 2];
            isStopped = state is 'T' or 't';

            // Of one that waits within the kernel the command line may wait, too: it lies in the process's memory, whose lock that one may have.
            string[] arguments = state == 'D' ? [] : File.ReadAllText($"/proc/{id}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
            return arguments.Length == 0
                ? ProcessCommand.Word(stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..end])
                : ProcessCommand.Of(arguments);
        }
        catch (Exception e) when (IsNoAnswer(e))
        {
            return null;
        }
    }

    private static bool IsNoAnswer(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentException or IndexOutOfRangeException;
}
