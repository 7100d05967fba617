using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Mono.Unix.Native;
using SharedObjects.Wire;

namespace SharedObjects.Hunt;

/// <summary>The parent process: makes the objects, starts and kills the others, and adds up what they report.</summary>
internal sealed class HuntRun : IDisposable
{
    private const string PlainWriter = "python-plain-writer", DoomedWriter = "python-doomed-writer", PackageWriter = "python-writer",
        PackageReader = "python-reader";

    // Nobody is slower than this to start, or to end, on a loaded machine.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    private readonly HuntOptions _options;
    private readonly string _prefix = $"so-test-hunt-{Environment.ProcessId}-";
    private readonly TaskCompletionSource<Schedule> _schedule = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _interrupted = new();
    private readonly Dictionary<string, (int Processes, int Killed, Report Report)> _roles = [];
    private readonly List<Child> _children = [];
    private readonly Report _total = new();
    private ObjectPlan[] _plans = [];
    private Randomness _random;
    private int _number;
    private int _tornDeaths;
    private int _repairs;
    private ulong _assigned;

    internal HuntRun(HuntOptions options)
    {
        _options = options;
        _random = new Randomness(options.Seed, 0);
    }

    /// <summary>Whether all is well.</summary>
    internal bool Run()
    {
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        try
        {
            _plans = MakeObjects();
            Start();
            KillNowAndThen();
            Collect();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SharedObjectException or InvalidOperationException or AggregateException)
        {
            _total.Problem(e is OperationCanceledException ? "interrupted" : $"{e.GetType().Name}: {e.Message}");
        }
        finally
        {
            _schedule.TrySetCanceled();
            _children.ForEach(child => child.Dispose());
            Program.RemoveAll(_prefix);
        }

        return Tell();
    }

    public void Dispose() => _interrupted.Dispose();

    private static IEnumerable<string> Roles(HuntOptions options)
    {
        yield return Hunting.Writer;
        yield return Hunting.Writer;
        yield return PlainWriter;
        yield return PackageWriter;
        yield return PackageReader;
        yield return Hunting.SharedReader;
        yield return Hunting.ReadOnlyReader;
        yield return Hunting.LockingReader;
        if (options.Control)
        {
            yield return Hunting.Control;
        }

        if (options.KillPython)
        {
            yield return DoomedWriter;
        }
    }

    private static bool IsWriter(Child child) => child.Role is Hunting.Writer or PlainWriter or PackageWriter;

    private void Interrupt(PosixSignalContext context)
    {
        context.Cancel = true;
        _interrupted.Cancel();
    }

    private ObjectPlan[] MakeObjects()
    {
        List<ObjectPlan> plans = [];
        foreach (int size in _options.Sizes)
        {
            // Both makers have both small and large ones, one way round or the other.
            bool byPython = ((plans.Count + _options.Seed) & 1) == 0;
            plans.Add(ObjectPlan.OfArray($"{_prefix}{plans.Count}-{size}", $"{size}", size / sizeof(ulong), byPython));
        }

        plans.Add(MakeState<SmallState>(ObjectKind.Small, SmallState.Words, SmallState.Codec));
        plans.Add(MakeState<LargeState>(ObjectKind.Large, LargeState.Words, LargeState.Codec));
        if (_options.KillPython)
        {
            int size = _options.Sizes.Max();
            plans.Add(ObjectPlan.OfArray($"{_prefix}doomed", "doomed", size / sizeof(ulong), byPython: true, doomed: true));
        }

        foreach (ObjectPlan plan in plans.Where(plan => plan.Kind == ObjectKind.Array && !plan.ByPython))
        {
            ulong[] words = new ulong[plan.WordCount];
            Pattern.Fill(words, 0);
            SharedArray<ulong>.Publish(plan.Name, words, [words.Length]).Dispose();
        }

        var made = new Assignment(_prefix, [.. plans.Where(plan => plan.ByPython)], _options.Seed, 0);
        string script = Path.Combine(AppContext.BaseDirectory, "hunt.py");
        using Process maker = Process.Start(PythonExecutable.Path, [script, "python-make", JsonSerializer.Serialize(made, Program.Json)])!;
        maker.WaitForExit();
        return maker.ExitCode == 0 ? [.. plans] : throw new IOException("The Python objects could not be made.");
    }

    private ObjectPlan MakeState<T>(ObjectKind kind, int words, SharedCodec<T> codec)
        where T : IHuntState<T>
    {
        string name = _prefix + kind;
        using SharedObject<T> handle = SharedObject.Create(name, T.Make(1), codec);
        byte[] segment = File.ReadAllBytes("/dev/shm/" + name);
        return ObjectPlan.OfState(name, kind, words, segment.AsSpan(0, handle.Layout.BufferSize), 1);
    }

    private Child StartChild(string role)
    {
        var child = new Child(role, new Assignment(_prefix, _plans, _options.Seed, ++_number), _schedule.Task);
        _children.Add(child);
        (int processes, int killed, Report report) = _roles.GetValueOrDefault(role, (0, 0, new Report()));
        _roles[role] = (processes + 1, killed, report);
        return child;
    }

    private void Start()
    {
        Child[] children = [.. Roles(_options).Select(StartChild)];
        if (!Task.WaitAll(children.Select(child => child.Ready).ToArray(), (int)s_limit.TotalMilliseconds, _interrupted.Token))
        {
            throw new IOException("The processes of the hunt did not start in time.");
        }

        long now = Schedule.Now;
        _schedule.SetResult(new Schedule(now, now + (_options.Seconds * 1_000_000_000L)));
    }

    private void KillNowAndThen()
    {
        Schedule schedule = _schedule.Task.Result;
        RawSegment[] segments = [.. _plans.Select(plan => new RawSegment(plan))];
        IReadOnlyList<Target>[] targets = [.. _plans.Select(plan => Target.Open(plan, SharedObjectOptions.Default))];
        int number = ++_number;
        while (true)
        {
            TimeSpan pause = TimeSpan.FromMilliseconds(100 + _random.Next(300));
            if (schedule.End - Schedule.Now < pause.Ticks * TimeSpan.NanosecondsPerTick)
            {
                break;
            }

            if (_interrupted.Token.WaitHandle.WaitOne(pause))
            {
                throw new OperationCanceledException();
            }

            string role = (_options.KillPython ? _random.Next(5) : _random.Next(4)) switch
            {
                4 => DoomedWriter,
                3 => PackageWriter,
                _ => Hunting.Writer,
            };
            Child[] candidates = [.. _children.Where(child => child.Role == role && child.Ready.IsCompletedSuccessfully)];
            if (candidates.Length == 0)
            {
                continue; // all are just being replaced
            }

            // At random moments most writers sleep, or prepare the next value: so half of the times a write is waited for. Whose it is
            // can't be seen, so that both are killed then; and the others stand still for a moment, so that what is left is seen.
            bool aims = _random.Next(2) == 0;
            Child[] victims = aims ? candidates : [candidates[_random.Next(candidates.Length)]];
            Child[] stopped = aims ? [.. _children.Where(child => IsWriter(child) && child.Ready.IsCompletedSuccessfully)] : [];
            if (aims)
            {
                WaitForWrite(segments, ofDoomed: role == DoomedWriter);
            }

            Array.ForEach(stopped, child => child.Signal(Signum.SIGSTOP));
            Array.ForEach(victims, victim => victim.Kill());
            Array.ForEach(victims, Bury);
            LookAfterDeath(segments, targets, number);
            Array.ForEach([.. stopped.Except(victims)], child => child.Signal(Signum.SIGCONT));
            Array.ForEach(victims, _ => StartChild(role));
        }

        Array.ForEach(segments, segment => segment.Dispose());
        Array.ForEach(targets, handles => handles.ToList().ForEach(target => target.Dispose()));
    }

    private void WaitForWrite(RawSegment[] segments, bool ofDoomed)
    {
        const int Long = 100_000; // bytes: shorter writes are over before a signal can arrive
        int[] watched = [.. Enumerable.Range(0, segments.Length).Where(i => _plans[i].Size > Long && _plans[i].Doomed == ofDoomed)];
        ulong[] before = [.. watched.Select(i => segments[i].Mtime)]; // all that a plain writer shows
        long end = Schedule.Now + (Schedule.Slice * segments.Length);
        while (Schedule.Now < end && !watched.Where((i, k) => ofDoomed ? segments[i].Mtime != before[k] : segments[i].Writing != 0).Any())
        {
            Thread.Yield();
        }
    }

    private void Bury(Child victim)
    {
        _children.Remove(victim);
        (int processes, int killed, Report report) = _roles[victim.Role];
        _roles[victim.Role] = (processes, killed + 1, report);
        if (victim.Report is { } last)
        {
            report.Add(last);
            _total.Add(last);
        }

        victim.Dispose();
    }

    /// <summary>Looks for what the dead left; half of the times the others are to see to it, and half of the times it is repaired here.</summary>
    private void LookAfterDeath(RawSegment[] segments, IReadOnlyList<Target>[] targets, int number)
    {
        for (int i = 0; i < segments.Length; i++)
        {
            if (!segments[i].IsTorn())
            {
                continue;
            }

            _tornDeaths++;
            Thread.Sleep(_random.Next(8)); // readers find it torn
            if (_random.Next(2) == 0)
            {
                continue;
            }

            Target target = targets[i][_random.Next(targets[i].Count)];
            ulong sequence = Pattern.Sequence(number, ++_assigned);
            using SharedLockScope scope = target.Handle.EnterWriteLock(); // nobody else may come between the assign and the fetch
            target.Assign(sequence);
            ReadOutcome outcome = target.Read(ref _random, out ulong read);
            if (outcome != ReadOutcome.Whole || read != sequence)
            {
                _total.Problem($"{_plans[i].Label}: after a death, a whole assign was read as {outcome}, {read:x} for {sequence:x}");
            }

            _repairs++;
        }
    }

    private void Collect()
    {
        Schedule schedule = _schedule.Task.Result;
        foreach (Child child in _children)
        {
            long left = Math.Max(0, schedule.End - Schedule.Now) / TimeSpan.NanosecondsPerTick;
            if (child.End(TimeSpan.FromTicks(left) + s_limit) is { } problem)
            {
                _total.Problem(problem);
            }
            else if (child.Report is { } report)
            {
                _roles[child.Role].Report.Add(report);
                _total.Add(report);
            }
        }
    }

    private bool Tell()
    {
        Console.WriteLine($"seed {_options.Seed}, {_options.Seconds} s, {_number} processes, "
            + $"{_roles.Values.Sum(role => role.Killed)} killed, {_tornDeaths} torn values found after deaths, {_repairs} of them repaired and read again by the parent");
        Console.WriteLine();
        const int Width = -20;
        Console.WriteLine($"{"role",Width} {"started",8} {"killed",7}{Columns}");
        foreach ((string role, (int processes, int killed, Report report)) in _roles)
        {
            var sum = new Counts();
            report.Objects.Values.ToList().ForEach(sum.Add);
            Console.WriteLine($"{role,Width} {processes,8} {killed,7}{Cells(sum)}");
        }

        Console.WriteLine();
        Console.WriteLine($"{"object",Width} {"made by",8} {"bytes",7}{Columns}");
        foreach (ObjectPlan plan in _plans)
        {
            Console.WriteLine($"{plan.Label,Width} {(plan.ByPython ? "Python" : "C#"),8} {plan.Size,7}{Cells(_total.Of(plan))}");
        }

        Check();
        var all = new Counts();
        _total.Objects.Values.ToList().ForEach(all.Add);
        Console.WriteLine();
        _total.Problems.ForEach(problem => Console.WriteLine($"problem: {problem}"));
        bool isWell = _total.Problems.Count == 0;
        string control = _options.Control ? $"{all.Tears + all.TearsByCommit} tears caught by the control" : "no control";
        Console.WriteLine($"hunt: {all.Reads} reads, {all.Torn} torn values, {control}: {(isWell ? "OK" : "FAILED")}");
        return isWell;
    }

    private static string Columns =>
        $" {"reads",10} {"unlocked",10} {"torn",5} {"back",5} {"reported",9} {"not now",8} {"writes",8} {"triggers",8} {"refused",8} {"threw",6} {"no one sees",11} {"tears",7} {"by commit",9}";

    private static string Cells(Counts c) =>
        $" {c.Reads,10} {c.Settled,10} {c.Torn,5} {c.Back,5} {c.ReportedTorn,9} {c.NotInTime,8} {c.Writes,8} {c.Triggers,8} {c.Refused,8} {c.Threw,6} {c.Unseeable,11} {c.Tears,7} {c.TearsByCommit,9}";

    /// <summary>A hunt that has not looked, or had nothing to look at, has found nothing out.</summary>
    private void Check()
    {
        if (_total.Problems.Count > 0)
        {
            return;
        }

        foreach (ObjectPlan plan in _plans)
        {
            Counts counts = _total.Of(plan);
            Demand(counts.Reads > 0, $"{plan.Label}: nobody has read it");
            Demand(counts.Writes > 0, $"{plan.Label}: nobody has written it");
            Demand(plan.Doomed || counts.Settled > 0, $"{plan.Label}: nobody has read it without the lock");
        }

        if (_options.Control)
        {
            Demand(_total.Objects.Values.Sum(counts => counts.Tears) > 0, "The control has seen no torn value: the hunt is blind.");
        }
    }

    private void Demand(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            _total.Problem(otherwise);
        }
    }
}
