using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using Mono.Unix.Native;
using SharedObjects.Hunt;

namespace SharedObjects.Stress;

/// <summary>Everything at once. The parent makes the objects, kills, stops and truncates, and adds up what the others report.</summary>
internal sealed partial class StressRun(int seconds, int seed) : IDisposable
{
    private const string Hog = "python-hog", PlainWriter = "python-plain-writer";

    private readonly Report _report = new();
    private readonly List<Peer> _peers = [];
    private readonly CancellationTokenSource _interrupted = new();
    private Randomness _random = new(seed, 0);
    private int _number;
    private ulong _made;

    /// <summary>Whether all is well.</summary>
    internal bool Run()
    {
        Console.WriteLine($"stress: seed {seed}, {seconds} s");
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        Dictionary<string, Target> values = [];
        try
        {
            foreach (string kind in Target.Kinds)
            {
                values[kind] = Target.Create(Names.OfValue(Names.Prefix, kind), kind, Pattern.Sequence(0, ++_made));
            }

            for (int i = 0; i < Names.TruncatedCount; i++)
            {
                MakeTruncated(i);
            }

            Start();
            Disturb();
            End();
            foreach ((string kind, Target value) in values)
            {
                CheckAfterwards(kind, value);
            }
        }
        catch (Exception e) when (e is IOException or SharedObjectException or OperationCanceledException)
        {
            _report.Problem($"{e.GetType().Name}: {e.Message}");
        }
        finally
        {
            _peers.ForEach(peer => peer.Dispose());
            values.Values.ToList().ForEach(value => value.Dispose());
            CheckNames();
            Names.RemoveAll();
        }

        return Tell();
    }

    public void Dispose() => _interrupted.Dispose();

    private void Interrupt(PosixSignalContext context)
    {
        context.Cancel = true;
        _interrupted.Cancel();
    }

    private void Start()
    {
        string[] roles =
        [
            Roles.Writer, Roles.Reader, Roles.LockingReader, Roles.Maker, Roles.Maker, Roles.OfTruncated,
            "python-" + Roles.Writer, "python-" + Roles.Reader, "python-" + Roles.Maker, "python-" + Roles.OfTruncated, PlainWriter, Hog,
        ];
        _peers.AddRange([.. roles.Select(StartPeer)]);
        _peers.ForEach(peer => peer.Ready());
    }

    private Peer StartPeer(string role)
    {
        const string Python = "python-";
        string[] arguments = [Names.Prefix, $"{seed}", $"{++_number}", .. Target.Kinds];
        return role.StartsWith(Python, StringComparison.Ordinal) ? Peer.OfPython(role[Python.Length..], arguments) : Peer.OfThis(role, arguments);
    }

    private void Disturb()
    {
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(seconds))
        {
            _interrupted.Token.ThrowIfCancellationRequested();
            Thread.Sleep(10 + _random.Next(60));
            int index = _random.Next(_peers.Count);
            switch (_random.Next(8))
            {
                case < 2:
                    Truncate(_random.Next(Names.TruncatedCount), 25 + _random.Next(40)); // longer than anybody uses one before opening it anew
                    break;
                case < 5:
                    Stop(_peers[index]);
                    break;
                default:
                    Kill(index);
                    break;
            }
        }

        // What those who were killed had seen is not known: once more, for those who are there to the end.
        for (int i = 0; i < Names.TruncatedCount; i++)
        {
            Truncate(i, pause: 300);
        }
    }

    /// <summary>Stops a process for longer than the others wait for a lock, which it may have.</summary>
    private void Stop(Peer peer)
    {
        peer.Signal(Signum.SIGSTOP);
        Thread.Sleep(60 + _random.Next(60));
        if (peer.HasEnded)
        {
            _report.Problem($"{peer.Label} ended by itself");
        }

        peer.Signal(Signum.SIGCONT);
        _report.Count("stopped");
    }

    private void Kill(int index)
    {
        Peer victim = _peers[index];
        // A plain writer that dies half-way leaves a mixture that nobody can tell from a value: not promised (docs/reliability.md).
        if (victim.Label == PlainWriter)
        {
            return;
        }

        if (!victim.Kill())
        {
            _report.Problem($"{victim.Label} had ended by itself when it was to be killed");
        }

        victim.Dispose();
        _peers.RemoveAt(index);
        _report.Count("killed");
        Peer successor = StartPeer(victim.Label);
        _peers.Add(successor);
        successor.Ready();
    }

    /// <summary>Truncates an object under its lock, and makes it anew after a while.</summary>
    private void Truncate(int index, int pause)
    {
        const int LOCK_EX = 2;
        (string name, _) = Names.OfTruncated(Names.Prefix, index);
        int descriptor = Syscall.open(Names.Path(name), OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC);
        if (descriptor >= 0 && flock(descriptor, LOCK_EX) == 0)
        {
            _ = Syscall.fstat(descriptor, out Stat status);
            _ = Syscall.ftruncate(descriptor, _random.Next(4) == 0 ? 0 : _random.Next((int)status.st_size));
            _report.Count("truncated");
        }

        _ = Syscall.close(descriptor);
        Thread.Sleep(pause);
        SharedObject.Unlink(name);
        MakeTruncated(index);
    }

    private void MakeTruncated(int index)
    {
        (string name, string kind) = Names.OfTruncated(Names.Prefix, index);
        while (true)
        {
            try
            {
                Target.Create(name, kind, Pattern.Sequence(0, ++_made)).Dispose();
                return;
            }
            catch (Exception e) when (e is SharedSchemaException or SharedExistsException)
            {
                SharedObject.Unlink(name); // a Python process has opened the name in the moment in which nobody had it
            }
        }
    }

    private void End()
    {
        foreach (Peer peer in _peers)
        {
            _report.Add(peer.End());
        }
    }

    /// <summary>Whatever happened to an object: a whole assign makes it right for all.</summary>
    private void CheckAfterwards(string kind, Target value)
    {
        ulong expected = Pattern.Sequence(0, ++_made);
        value.Assign(expected);
        using Target other = Target.Open(Names.OfValue(Names.Prefix, kind), kind, new SharedObjectOptions { ReadOnly = true });
        if (!value.Read(out ulong read) || !other.Read(out ulong readByOther) || read != expected || readByOther != expected)
        {
            _report.Problem($"{value.Handle.Name}: in the end, what was assigned last is not what is read");
        }
    }

    private void CheckNames()
    {
        HashSet<string> known =
        [
            .. Target.Kinds.Select(kind => Names.OfValue(Names.Prefix, kind)),
            .. Enumerable.Range(0, Names.MadeCount).Select(i => Names.OfMade(Names.Prefix, i)),
            .. Enumerable.Range(0, Names.TruncatedCount).Select(i => Names.OfTruncated(Names.Prefix, i).Name),
        ];
        foreach (string name in Directory.EnumerateFiles("/dev/shm", Names.Prefix + "*").Select(path => Path.GetFileName(path)!).Where(name => !known.Contains(name)))
        {
            _report.Problem($"{name} was left");
        }
    }

    private bool Tell()
    {
        string[] demanded = ["write", "read", "read of news", "make", "unlinked", "use of truncated", "truncation seen", "holders named", "killed", "stopped", "plain write"];
        foreach (string what in demanded.Where(what => _report.Of(what) == 0))
        {
            _report.Problem($"nobody has counted a '{what}': the run was blind");
        }

        foreach ((string what, long number) in _report.Counts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-40} {number,10}"));
        }

        _report.Problems.ForEach(problem => Console.WriteLine($"problem: {problem}"));
        Console.WriteLine($"stress: seed {seed}, {_number} processes, {_report.Problems.Count} problems: {(_report.Problems.Count == 0 ? "OK" : "FAILED")}");
        return _report.Problems.Count == 0;
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int flock(int descriptor, int operation);
}
