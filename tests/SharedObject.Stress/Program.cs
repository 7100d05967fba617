using System;
using System.Collections.Generic;
using System.Globalization;

namespace SharedObjects.Stress;

/// <summary>
/// What can go wrong between processes that share objects, caused for real: by processes of both languages, signals, full file systems
/// and other users. Everything that is chosen at random follows from a seed, which is printed.
/// </summary>
internal static class Program
{
    private const string Usage = """
        stress [--seconds N] [--seed S]   everything at once: writers, readers, makers, unlinkers, truncaters, lock hogs; some are killed or stopped
        kills  [--seeds N] [--first S]    writers are killed in the middle of writes; readers of both languages look, and the next writer goes on
        races  [--rounds N]               processes of both languages make one object at once
        tmpfs  SCENARIO                   on a small /dev/shm of its own: creation, adoption, sparse, being-made, growth
        user   ID NAME...                 opens objects as another user (needs root)
        no-threads ID                     waits as a user who may start no more threads (needs root)
        """;

    private static int Main(string[] arguments)
    {
        try
        {
            switch (arguments)
            {
                case ["stress", .. var rest]:
                    (int seconds, int seed) = (Number(rest, "--seconds", 10), Number(rest, "--seed", 1));
                    using (var run = new StressRun(seconds, seed))
                    {
                        return run.Run() ? 0 : 1;
                    }

                case ["kills", .. var rest]:
                    return Kills.Run(Number(rest, "--seeds", 20), Number(rest, "--first", 1)) ? 0 : 1;
                case ["races", .. var rest]:
                    return Races.Run(Number(rest, "--rounds", 100)) ? 0 : 1;
                case ["tmpfs", var scenario]:
                    return SmallTmpfs.Enter(scenario);
                case ["tmpfs-inside", var scenario]:
                    SmallTmpfs.Play(scenario);
                    return 0;
                case ["user", var id, .. var names]:
                    return OtherUser.Play(uint.Parse(id, CultureInfo.InvariantCulture), names);
                case ["no-threads", var id]:
                    return NoThreads.Play(uint.Parse(id, CultureInfo.InvariantCulture));
                case ["child", var role, .. var rest]:
                    Roles.Play(role, rest);
                    return 0;
                default:
                    throw new FormatException("One of these is needed:");
            }
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine(e.Message);
            Console.Error.WriteLine(Usage);
            return 2;
        }
    }

    private static int Number(string[] arguments, string option, int otherwise)
    {
        HashSet<string> known = ["--seconds", "--seed", "--seeds", "--first", "--rounds"];
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (!known.Contains(arguments[i]) || i + 1 == arguments.Length)
            {
                throw new FormatException($"{arguments[i]} is no option, or lacks its value");
            }

            if (arguments[i] == option)
            {
                return int.Parse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture);
            }
        }

        return otherwise;
    }
}
