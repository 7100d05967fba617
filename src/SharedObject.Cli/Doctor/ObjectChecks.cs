using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using SharedObjects.Cli.Linux;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Segments;
using SharedObjects.Cli.Shell;
using SharedObjects.Interop;
using SharedObjects.Sync;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Doctor;

/// <summary>Checks of the objects that there are.</summary>
internal static class ObjectChecks
{
    private const int Unknown = 0; // a process that is not to be seen
    private const double LockWait = 0.2;
    private const double AheadOfClock = 1;
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(100);

    /// <summary>Locks that the same process holds for longer than any copy takes.</summary>
    internal static Finding Locks(Examination examination)
    {
        const string Check = "locks";
        HashSet<(string Name, int Process)> held = Held(examination);
        if (held.Count > 0)
        {
            Thread.Sleep(s_betweenLooks);
            held.IntersectWith(Held(examination));
        }

        if (held.Count == 0)
        {
            return Finding.Ok(Check, "no lock is held for long");
        }

        Dictionary<int, ProcessInfo> holders = held.Select(entry => entry.Process).Distinct().Where(id => id != Unknown).ToDictionary(id => id, ProcessInfo.Of);
        string[] texts = [.. held.Select(entry =>
            $"{Names.Printable(entry.Name)} by {(entry.Process == Unknown ? "a process that can't be seen from here" : holders[entry.Process])}")];
        string advice = holders.Count == 0 ? "look as root, and from outside of containers"
            : holders.Values.Any(process => process.IsStopped) ? "let the stopped process go on (kill -CONT), or end it (kill -KILL)"
            : $"end {(holders.Count == 1 ? "that process" : "those processes")} (kill {string.Join(' ', holders.Keys)}): the locks go with them";
        return Finding.Warning(Check, $"locks that do not come free: {string.Join(", ", texts)}", advice);
    }

    /// <summary>Values whose writer died half-way.</summary>
    internal static Finding Torn(Examination examination)
    {
        const string Check = "torn";
        var torn = new List<string>();
        foreach (SegmentOutline outline in examination.Objects.Where(outline => outline.HasTrailer))
        {
            try
            {
                if (SegmentCopy.Read(outline.Name, LockWait).IsTorn)
                {
                    torn.Add(outline.Name);
                }
            }
            catch (ToolException)
            {
                // Gone, or locked, which another check tells.
            }
        }

        return torn.Count == 0
            ? Finding.Ok(Check, "no value is torn")
            : Finding.Warning(
                Check,
                $"a writer died half-way through: {Examination.Some(torn)}",
                "the next assign makes the value whole (sharedobj assign), or AcceptTorn takes it as it is");
    }

    internal static Finding Unused(Examination examination)
    {
        const string Check = "unused";
        string[] unused = [.. examination.Objects.Where(outline => !examination.Users.Uses(FileId.Of(outline.Status))).Select(outline => outline.Name)];
        return unused.Length == 0
            ? Finding.Ok(Check, $"every shared object is in use ({examination.Objects.Count})")
            : Finding.Warning(Check, $"no process that we see has {Examination.Some(unused)}", "sharedobj clean --yes removes them, if they are of no use any more");
    }

    /// <summary>
    /// Processes that hold on to an object whose name is another's now: they talk to nobody. Only of those that opened it: a file that was
    /// made without a name, as our peers do, has none in its maker's maps.
    /// </summary>
    internal static Finding Split(Examination examination)
    {
        const string Check = "split";
        Dictionary<string, FileId> now = examination.Objects.ToDictionary(outline => outline.Name, outline => FileId.Of(outline.Status), StringComparer.Ordinal);
        string[] split = [.. examination.Users.Unlinked
            .Where(user => now.TryGetValue(user.Name, out FileId? file) && file != user.File)
            .Select(user => $"{Names.Printable(user.Name)} in {examination.Users.Info(user.Process)}")];
        return split.Length == 0
            ? Finding.Ok(Check, "nobody maps the forerunner of an object that was made anew")
            : Finding.Warning(
                Check,
                $"made anew, and still mapped as it was before: {string.Join(", ", split)}",
                "restart those processes: they read and write memory that nobody else finds");
    }

    internal static Finding Unfinished(Examination examination)
    {
        const string Check = "unfinished";
        string[] empty = [.. examination.Others.Where(other => other.Problem.StartsWith("it is empty", StringComparison.Ordinal)).Select(other => other.Name)];
        return empty.Length == 0
            ? Finding.Ok(Check, "no segment is empty")
            : Finding.Warning(
                Check,
                $"empty: {Examination.Some(empty)}; they are being made right now, or their maker died",
                "look again; if they stay, sharedobj rm --force removes them");
    }

    internal static Finding Permissions(Examination examination)
    {
        const string Check = "permissions";
        string[] closed = [.. examination.Others.Where(other => other.Problem.StartsWith("it may not be read", StringComparison.Ordinal)).Select(other => other.Name)];
        return closed.Length == 0
            ? Finding.Ok(Check, "every segment can be read")
            : Finding.Warning(
                Check,
                $"not to be read by this user: {Examination.Some(closed)}",
                "run all peers as one user; or, as the owner, chmod the file in /dev/shm");
    }

    internal static Finding Clock(Examination examination)
    {
        const string Check = "clock";
        string[] ahead = [.. examination.Objects
            .Where(outline => StampReader.TryRead(outline.Name) is > 0 and var stamp && Units.Age(stamp) < -AheadOfClock)
            .Select(outline => outline.Name)];
        return ahead.Length == 0
            ? Finding.Ok(Check, "no stamp is ahead of the clock")
            : Finding.Warning(
                Check,
                $"stamps ahead of the clock: {Examination.Some(ahead)}",
                "the clock was set back, or another program wrote them; ages and delays of these mean nothing until the next assign");
    }

    internal static Finding Sight(Examination examination)
    {
        const string Check = "sight";
        return examination.Users.Unseen.Count == 0
            ? Finding.Ok(Check, "all processes could be looked into")
            : new Finding(Check, true, examination.Users.UnseenText, "run as root to see whether they have objects");
    }

    /// <summary>Whether the parser knows the trailers.</summary>
    internal static Finding Versions(Examination examination)
    {
        const string Check = "versions";
        string[] newer = [.. examination.Objects.Where(outline => outline.HasTrailer && outline.TrailerVersion != TrailerArea.Version).Select(outline => outline.Name)];
        string[] newerDynamic = [.. examination.Others.Where(other => other.Problem.StartsWith("it is a dynamic object of version", StringComparison.Ordinal)).Select(other => other.Name)];
        if (newerDynamic.Length > 0)
        {
            return Finding.Warning(Check, $"dynamic objects of another version: {Examination.Some(newerDynamic)}", "use the same release in all processes: nobody else can read them");
        }

        return newer.Length == 0
            ? Finding.Ok(Check, $"all trailers are of version {TrailerArea.Version}")
            : Finding.Warning(Check, $"trailers of another version: {Examination.Some(newer)}", "use the same release in all processes: values are read under the lock otherwise");
    }

    private static HashSet<(string Name, int Process)> Held(Examination examination)
    {
        SegmentLocks locks = SegmentLocks.Read();
        return [.. examination.Objects.SelectMany(outline => HoldersOf(outline, locks).Select(process => (outline.Name, process)))];
    }

    private static IEnumerable<int> HoldersOf(SegmentOutline outline, SegmentLocks locks)
    {
        int[] shown = [.. locks.Of(outline.Status).Where(entry => !entry.IsWaiting).Select(entry => entry.Process)];
        if (shown.Length > 0 || IsFree(outline.Name))
        {
            return shown;
        }

        // Not in the table: it is another container's, or one of this container that was inherited.
        return LockHolders.Find(outline.Status.LockTableName).Select(entry => entry.Process).DefaultIfEmpty(Unknown);
    }

    private static bool IsFree(string name)
    {
        using SegmentFile? file = SegmentFile.TryOpen(name, out _);
        if (file is null || Posix.TryLock(file.Number, Posix.LockOperation.Shared) < 0)
        {
            return file is null;
        }

        _ = Posix.Unlock(file.Number);
        return true;
    }
}
