using System;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Threading;
using SharedObjects.Hunt;

namespace SharedObjects.Stress;

/// <summary>What the C# children of the stress run do until their input ends.</summary>
internal static class Roles
{
    internal const string Writer = "writer", Reader = "reader", LockingReader = "locking-reader", Maker = "maker", OfTruncated = "of-truncated",
        Racer = "racer", Victim = "victim";

    private const string UseOfTruncated = "use of truncated";

    private static volatile bool s_ended;

    internal static bool HasEnded => s_ended;

    internal static void Play(string role, string[] arguments)
    {
        Func<Report> work = role switch
        {
            Racer => Races.Prepare(arguments),
            Victim => Kills.Prepare(arguments),
            _ => Prepare(role, arguments),
        };
        Console.WriteLine(Peer.ReadyLine);
        if (role != Racer)
        {
            new Thread(() =>
            {
                while (Console.In.ReadLine() is not null)
                {
                }

                s_ended = true;
            }) { IsBackground = true }.Start();
        }

        Console.WriteLine(JsonSerializer.Serialize(work(), Report.Json));
    }

    private static Func<Report> Prepare(string role, string[] arguments)
    {
        // prefix, seed, number, and of the objects that are there: kind after kind
        string prefix = arguments[0];
        int seed = int.Parse(arguments[1], CultureInfo.InvariantCulture), number = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        var random = new Randomness(seed, number);
        string[] kinds = arguments[3..];
        var options = new SharedObjectOptions { LockTimeout = TimeSpan.FromMilliseconds(50), LockFreeReads = role != LockingReader };
        switch (role)
        {
            case Writer:
                Target[] targets = Open();
                return () => Write(targets, random, number);
            case Reader or LockingReader:
                targets = Open();
                return () => Read(targets, random);
            case Maker:
                return () => Make(prefix, random, number);
            case OfTruncated:
                return () => UseTruncated(prefix, random, number);
            default:
                throw new FormatException($"There is no role {role}.");
        }

        Target[] Open() => [.. kinds.Select(kind => OpenPatiently(Names.OfValue(prefix, kind), kind, options))];
    }

    /// <summary>A hog is no reason not to begin.</summary>
    private static Target OpenPatiently(string name, string kind, SharedObjectOptions options)
    {
        while (true)
        {
            try
            {
                return Target.Open(name, kind, options);
            }
            catch (SharedLockTimeoutException)
            {
                Thread.Sleep(1);
            }
        }
    }

    private static Report Write(Target[] targets, Randomness random, int number)
    {
        var report = new Report();
        ulong count = 0;
        while (!HasEnded)
        {
            Target target = targets[random.Next(targets.Length)];
            ulong sequence = Pattern.Sequence(number, ++count);
            Attempt(report, "write", () =>
            {
                switch (random.Next(16))
                {
                    case < 10: target.Assign(sequence); break;
                    case < 13: target.Update(sequence, throws: false); break;
                    case < 14: target.Update(sequence, throws: true); break;
                    case < 15: target.Handle.EnterReadLock().Dispose(); break;
                    default:
                        using (target.Handle.EnterWriteLock())
                        {
                            target.Assign(sequence);
                        }

                        break;
                }
            });
            Rest(ref random);
        }

        return report;
    }

    private static Report Read(Target[] targets, Randomness random)
    {
        var report = new Report();
        while (!HasEnded)
        {
            Target target = targets[random.Next(targets.Length)];
            bool news = target.Handle.Modified;
            Attempt(report, news ? "read of news" : "read", () =>
            {
                if (!target.Read(out ulong sequence))
                {
                    report.Problem($"{target.Handle.Name}: a mixture, of sequence {sequence:x} and others");
                }
            });
            Rest(ref random);
        }

        return report;
    }

    /// <summary>Makes objects, or opens those that others make, and unlinks them: each must be whole from the first moment.</summary>
    private static Report Make(string prefix, Randomness random, int number)
    {
        var report = new Report();
        ulong count = 0;
        while (!HasEnded)
        {
            string name = Names.OfMade(prefix, random.Next(Names.MadeCount));
            Attempt(report, "make", () =>
            {
                using Target target = Target.OpenOrCreate(name, Names.MadeKind, Pattern.Sequence(number, ++count));
                if (!target.Read(out ulong sequence))
                {
                    report.Problem($"{name}: a mixture, of sequence {sequence:x} and others, just made or mounted");
                }

                if (random.Next(2) == 0)
                {
                    target.Assign(Pattern.Sequence(number, ++count));
                }

                if (random.Next(2) == 0)
                {
                    report.Count(target.Handle.Unlink() ? "unlinked" : "unlinked by others");
                }
            });
            Rest(ref random);
        }

        return report;
    }

    /// <summary>Uses objects that are truncated under their lock now and then: under the lock, at a pace at which writes have the size checked.</summary>
    private static Report UseTruncated(string prefix, Randomness random, int number)
    {
        var report = new Report();
        var options = new SharedObjectOptions { LockFreeReads = false, MountTimeout = TimeSpan.Zero };
        ulong count = 0;
        while (!HasEnded)
        {
            (string name, string kind) = Names.OfTruncated(prefix, random.Next(Names.TruncatedCount));
            Attempt(report, UseOfTruncated, () =>
            {
                using Target target = Target.Open(name, kind, options);
                for (int i = 0; i < 20; i++)
                {
                    Thread.Sleep(1);
                    if (random.Next(2) == 0)
                    {
                        target.Assign(Pattern.Sequence(number, ++count));
                    }
                    else if (!target.Read(out ulong sequence))
                    {
                        report.Problem($"{name}: a mixture, of sequence {sequence:x} and others");
                    }
                }
            });
        }

        return report;
    }

    /// <summary>Does something; what the library says of it is counted, and anything else is a problem.</summary>
    private static void Attempt(Report report, string what, Action action)
    {
        try
        {
            action();
            report.Count(what);
        }
        catch (SharedLockTimeoutException e)
        {
            report.Count($"{what}: lock timed out");
            report.Count(e.Holders.Count > 0 ? "holders named" : "holders gone");
        }
        catch (GaveUpException)
        {
            report.Count($"{what}: threw");
        }
        catch (SharedTornException)
        {
            report.Count($"{what}: torn");
        }
        catch (SharedObjectException e) when (what == UseOfTruncated && e is SharedFormatException or SharedNotReadyException or SharedNotFoundException)
        {
            report.Count(e.Message.Contains("truncated", StringComparison.Ordinal) ? "truncation seen, in use" : "truncation seen, when opened");
            report.Count("truncation seen");
        }
        catch (Exception e)
        {
            report.Problem($"{what}: {e.GetType().Name}: {e.Message}");
        }
    }

    private static void Rest(ref Randomness random)
    {
        switch (random.Next(16))
        {
            case < 8: break;
            case < 14: Thread.SpinWait(random.Next(1000)); break;
            default: Thread.Sleep(random.Next(3)); break;
        }
    }
}
