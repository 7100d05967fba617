using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using SharedObjects.Interop;
using SharedObjects.Memory;

namespace SharedObjects.Sync;

/// <summary>
/// Finds out who holds a segment's lock, for people to read. Never throws: what can't be found out is left out, as a message about a
/// lock must not fail for another reason than the lock.
/// </summary>
/// <remarks>
/// <c>/proc/locks</c> (proc_locks(5)) has a line for each lock and each waiter (<c>-></c>):
/// <code>
///   1: FLOCK  ADVISORY  WRITE 18045 00:1b:128412 0 EOF
///   1: -> FLOCK  ADVISORY  WRITE 18048 00:1b:128412 0 EOF
/// </code>
/// with the device in hexadecimal and the inode in decimal. The process is the one that took the lock. The lock, though, belongs to the
/// open file description, which a fork shares: if that process has ended, or has closed the file, it is a child of its that keeps it.
/// <c>/proc/PID/fdinfo</c> shows the same lines for the descriptors of a process, and so who that is.
/// </remarks>
internal static class LockHolders
{
    // Enough to look through thousands of processes; a caller that has waited for the lock can wait as long for the reason.
    private static readonly TimeSpan LongestSearch = TimeSpan.FromMilliseconds(250);

    // The kernel shows the table by pages, and counts lines from its start for each: where locks come and go meanwhile, a line may be
    // there twice, or not at all. Once more is enough then; a lock of another PID namespace is never there.
    private const int MostLooks = 3;

    private const int LongestWord = 40;

    private enum Holding
    {
        No,
        Yes,
        Unknown, // a process of another user
    }

    /// <summary>The processes that hold a lock on a segment now.</summary>
    internal static IReadOnlyList<SharedLockHolder> Of(SegmentDescriptor descriptor)
    {
        bool held = false;
        try
        {
            descriptor.DangerousAddRef(ref held);
            if (Posix.Status(descriptor.Number, out FileStatus status) < 0)
            {
                return [];
            }

            List<SharedLockHolder> holders = [];
            for (int look = 0; look < MostLooks && holders.Count == 0; look++)
            {
                holders = Find(status.LockTableName);
            }

            return holders;
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

    private static List<SharedLockHolder> Find(string file)
    {
        List<SharedLockHolder> holders = [];
        foreach (string line in File.ReadAllLines("/proc/locks"))
        {
            if (TryParse(line, file, out int taker, out bool isWriter))
            {
                if (Holds(taker, file) == Holding.No)
                {
                    FindHeirs(taker, file, isWriter, holders);
                }
                else
                {
                    Add(holders, taker, isWriter);
                }
            }
        }

        return holders;
    }

    /// <summary>Finds who holds a lock that its taker does not: those that have inherited its open file.</summary>
    private static void FindHeirs(int taker, string file, bool isWriter, List<SharedLockHolder> holders)
    {
        bool found = false;
        long began = Stopwatch.GetTimestamp();
        foreach (int id in ProcessesBy(taker))
        {
            if (Holds(id, file) == Holding.Yes)
            {
                Add(holders, id, isWriter);
                found = true;
            }

            if (Stopwatch.GetElapsedTime(began) > LongestSearch)
            {
                break;
            }
        }

        if (!found)
        {
            Add(holders, taker, isWriter);
        }
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

    private static void Add(List<SharedLockHolder> holders, int id, bool isWriter)
    {
        if (!holders.Exists(holder => holder.ProcessId == id && holder.IsWriter == isWriter))
        {
            holders.Add(new SharedLockHolder(id, CommandOf(id, out bool isStopped), isWriter, isStopped));
        }
    }

    private static Holding Holds(int id, string file)
    {
        try
        {
            foreach (string info in Directory.EnumerateFiles($"/proc/{id}/fdinfo"))
            {
                if (ShowsLock(info, file))
                {
                    return Holding.Yes;
                }
            }

            return Holding.No;
        }
        catch (DirectoryNotFoundException)
        {
            return Holding.No; // it has ended
        }
        catch (Exception e) when (IsNoAnswer(e))
        {
            return Holding.Unknown;
        }
    }

    private static bool ShowsLock(string info, string file)
    {
        try
        {
            foreach (string line in File.ReadAllLines(info))
            {
                if (line.StartsWith("lock:", StringComparison.Ordinal) && TryParse(line.AsSpan("lock:".Length), file, out _, out _))
                {
                    return true;
                }
            }
        }
        catch (FileNotFoundException)
        {
            // closed meanwhile
        }

        return false;
    }

    /// <summary>Whether a line is a lock, and not a waiter, of <c>flock</c> on a file.</summary>
    private static bool TryParse(ReadOnlySpan<char> line, string file, out int taker, out bool isWriter)
    {
        const int Kind = 1, Mode = 3, Process = 4, Where = 5, Count = 6;
        Span<Range> words = stackalloc Range[Count + 1];
        taker = 0;
        isWriter = false;
        if (line.SplitAny(words, " \t", StringSplitOptions.RemoveEmptyEntries) < Count
            || !line[words[Kind]].SequenceEqual("FLOCK") // of a waiter this word is the arrow
            || !line[words[Where]].SequenceEqual(file)
            || !int.TryParse(line[words[Process]], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out taker))
        {
            return false;
        }

        isWriter = line[words[Mode]].SequenceEqual("WRITE");
        return taker > 0; // not one of another PID namespace
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
            isStopped = stat[end + 2] is 'T' or 't';
            string[] arguments = File.ReadAllText($"/proc/{id}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
            if (arguments.Length == 0)
            {
                return Word(stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..end]);
            }

            string program = Word(arguments[0]);
            return ScriptOf(program, arguments) is { } script ? $"{program} {Word(script)}" : program;
        }
        catch (Exception e) when (IsNoAnswer(e))
        {
            return null;
        }
    }

    /// <summary>
    /// What an interpreter runs. No other arguments than this one, and not code that is one: there may be secrets in them, and messages
    /// get into logs.
    /// </summary>
    private static string? ScriptOf(string program, string[] arguments)
    {
        if (!program.StartsWith("python", StringComparison.Ordinal) && program != "dotnet")
        {
            return null;
        }

        int first = Array.FindIndex(arguments, 1, argument => argument is "-c" || !argument.StartsWith('-'));
        return first < 0 || arguments[first] is "-c" ? null : arguments[first];
    }

    private static string Word(string argument)
    {
        string name = Path.GetFileName(argument);
        char[] word = (name.Length > LongestWord ? name[..LongestWord] + "…" : name).ToCharArray();
        for (int i = 0; i < word.Length; i++)
        {
            word[i] = char.IsControl(word[i]) ? ' ' : word[i];
        }

        return new string(word);
    }

    private static bool IsNoAnswer(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentException or IndexOutOfRangeException;
}
