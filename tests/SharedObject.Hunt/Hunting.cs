using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace SharedObjects.Hunt;

/// <summary>What a child process is told.</summary>
/// <param name="Prefix">What the objects' names begin with.</param>
/// <param name="Plans">The objects.</param>
/// <param name="Seed">Of the random numbers.</param>
/// <param name="Number">Of this process; no two have the same.</param>
internal sealed record Assignment(string Prefix, ObjectPlan[] Plans, int Seed, int Number);

/// <summary>What the C# processes of the hunt do until it ends.</summary>
internal static class Hunting
{
    internal const string Writer = "writer", SharedReader = "reader", ReadOnlyReader = "reader-read-only", LockingReader = "reader-locking",
        Control = "control";

    // A writer is killed at any moment: what it has done by then should count.
    private const long ReportStep = 50_000_000;

    /// <summary>Makes ready for a role.</summary>
    /// <returns>What runs it.</returns>
    internal static Func<Schedule, Report> Prepare(string role, Assignment assignment)
    {
        switch (role)
        {
            case Writer:
                ObjectPlan[] own = [.. assignment.Plans.Where(plan => !plan.Doomed)];
                var writers = Open(own, SharedObjectOptions.Default);
                return schedule => Write(own, writers, assignment, schedule);
            case SharedReader:
                var shared = Open(assignment.Plans, SharedObjectOptions.Default);
                return schedule => ReadOnThreads(shared, assignment, schedule);
            case ReadOnlyReader:
                return Reader(new SharedObjectOptions { ReadOnly = true }, isLockFree: true);
            case LockingReader:
                return Reader(new SharedObjectOptions { LockFreeReads = false }, isLockFree: false);
            case Control:
                RawSegment[] segments = [.. assignment.Plans.Select(plan => new RawSegment(plan))];
                return schedule => WatchWithoutStamps(segments, assignment, schedule);
            default:
                throw new ArgumentException($"there is no role {role}");
        }

        Func<Schedule, Report> Reader(SharedObjectOptions options, bool isLockFree)
        {
            var targets = Open(assignment.Plans, options);
            return schedule => Read(targets, assignment, schedule, stream: 0, isLockFree, ownHandles: true);
        }
    }

    private static IReadOnlyList<Target>[] Open(ObjectPlan[] plans, SharedObjectOptions options) =>
        [.. plans.Select(plan => Target.Open(plan, options))];

    private static Report Write(ObjectPlan[] plans, IReadOnlyList<Target>[] targets, Assignment assignment, Schedule schedule)
    {
        var report = new Report();
        var random = new Randomness(assignment.Seed, assignment.Number);
        ulong count = 0;
        long reported = Schedule.Now;
        while (!schedule.HasEnded)
        {
            if (Schedule.Now - reported > ReportStep)
            {
                reported = Schedule.Now;
                Program.Print(report);
            }

            int index = schedule.IndexOf(plans.Length);
            Target target = targets[index][random.Next(targets[index].Count)];
            Counts counts = report.Of(plans[index]);
            switch (target.Write(ref random, Pattern.Sequence(assignment.Number, ++count)))
            {
                case WriteOutcome.Written:
                    counts.Writes++;
                    break;
                case WriteOutcome.Triggered:
                    counts.Triggers++;
                    break;
                case WriteOutcome.Refused:
                    counts.Refused++;
                    break;
                case WriteOutcome.Threw:
                    counts.Threw++;
                    Thread.Sleep(random.Next(5)); // readers find what it has left
                    break;
                case WriteOutcome.NotInTime:
                    counts.NotInTime++;
                    break;
            }

            Pause(ref random);
        }

        return report;
    }

    private static Report ReadOnThreads(IReadOnlyList<Target>[] targets, Assignment assignment, Schedule schedule)
    {
        const int Count = 2;
        Report?[] reports = new Report?[Count];
        Thread[] threads = [.. Enumerable.Range(0, Count).Select(i => new Thread(() =>
            reports[i] = Read(targets, assignment, schedule, stream: i, isLockFree: true, ownHandles: false)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        var report = new Report();
        Array.ForEach(reports, own => report.Add(own!));
        return report;
    }

    private static Report Read(
        IReadOnlyList<Target>[] targets, Assignment assignment, Schedule schedule, int stream, bool isLockFree, bool ownHandles)
    {
        var report = new Report();
        var random = new Randomness(assignment.Seed, assignment.Number + (stream << 20));
        History[] histories = [.. targets.Select(_ => new History())];
        RawSegment[] segments = [.. assignment.Plans.Select(plan => new RawSegment(plan))];
        Dictionary<Target, (long Stamp, ulong Sequence)> seen = [];
        var bursts = new Bursts();
        while (!schedule.HasEnded)
        {
            bursts.Rest(ref random);
            int index = schedule.IndexOf(targets.Length);
            Target target = targets[index][random.Next(targets[index].Count)];
            ObjectPlan plan = target.Plan;
            Counts counts = report.Of(plan);
            ulong stamp = segments[index].Commit;
            bool wasSettled = stamp != 0 && stamp == segments[index].Mtime;
            ReadOutcome outcome = target.Read(ref random, out ulong sequence);
            switch (outcome)
            {
                case ReadOutcome.ReportedTorn:
                    counts.ReportedTorn++;
                    break;
                case ReadOutcome.NotInTime:
                    counts.NotInTime++;
                    break;
                case ReadOutcome.Mixed when plan.Doomed:
                    counts.Reads++;
                    counts.Unseeable++;
                    break;
                case ReadOutcome.Mixed:
                    counts.Reads++;
                    counts.Torn++;
                    report.Problem($"{plan.Label}: a mixture, of sequence {sequence:x} and others, by a {target.GetType().Name}");
                    break;
                default:
                    counts.Reads++;
                    if (isLockFree && wasSettled && segments[index].Mtime == stamp)
                    {
                        counts.Settled++;
                    }

                    if (!histories[index].Accept(sequence) && !plan.Doomed)
                    {
                        counts.Back++;
                        report.Problem($"{plan.Label}: sequence {sequence:x} again, after a later one, by a {target.GetType().Name}");
                    }

                    CheckStamp(target, sequence);
                    break;
            }
        }

        return report;

        void CheckStamp(Target target, ulong sequence)
        {
            long stamp = target.Handle.LastSeen;
            // Asking Triggered counts as seeing, too, but is done before the fetch.
            if (ownHandles && !target.Plan.Doomed && seen.TryGetValue(target, out var last) && last.Stamp == stamp && last.Sequence != sequence)
            {
                report.Problem($"{target.Plan.Label}: sequences {last.Sequence:x} and {sequence:x} under one stamp, {stamp}");
            }

            seen[target] = (stamp, sequence);
        }
    }

    /// <summary>
    /// The control: copies values without looking at the stamps, or by looking at the wrong one. If it finds no mixture, then there was
    /// nothing to be found, and the hunt was blind.
    /// </summary>
    private static Report WatchWithoutStamps(RawSegment[] segments, Assignment assignment, Schedule schedule)
    {
        var report = new Report();
        byte[] buffer = new byte[assignment.Plans.Max(plan => plan.Size)];
        var random = new Randomness(assignment.Seed, assignment.Number);
        var bursts = new Bursts();
        for (bool looksAtCommit = false; !schedule.HasEnded; looksAtCommit = !looksAtCommit)
        {
            bursts.Rest(ref random);
            int index = schedule.IndexOf(segments.Length);
            ObjectPlan plan = assignment.Plans[index];
            RawSegment segment = segments[index];
            Span<byte> copy = buffer.AsSpan(0, plan.Size);
            ulong commit = segment.Commit;
            segment.Bytes.CopyTo(copy);
            bool accepted = !looksAtCommit || (commit != 0 && segment.Commit == commit);
            Counts counts = report.Of(plan);
            if (accepted && !plan.IsWhole(copy, out _))
            {
                _ = looksAtCommit ? counts.TearsByCommit++ : counts.Tears++;
            }
        }

        return report;
    }

    /// <summary>Bursts and pauses: without the pauses nobody would ever read a large value unlocked, without the bursts nothing is torn.</summary>
    private static void Pause(ref Randomness random)
    {
        switch (random.Next(8))
        {
            case < 4:
                break;
            case < 6:
                Thread.SpinWait(random.Next(2000));
                break;
            case 6:
                Thread.Sleep(TimeSpan.FromMicroseconds(200));
                break;
            default:
                Thread.Sleep(random.Next(4));
                break;
        }
    }

    /// <summary>Readers read for a moment, and rest for another: did all of them always read, writers would hardly get to run.</summary>
    private struct Bursts
    {
        private const int Longest = 2; // ms

        private long _end;

        internal void Rest(ref Randomness random)
        {
            if (Schedule.Now >= _end)
            {
                Thread.Sleep(random.Next(Longest + 1));
                _end = Schedule.Now + (random.Next(Longest * 1000) * 1000L);
            }
        }
    }
}
