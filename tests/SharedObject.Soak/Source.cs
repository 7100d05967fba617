using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Hunt;

namespace SharedObjects.Soak;

/// <summary>What makes an object, again and again: one producer after the other, with pauses, and names that vanish under them.</summary>
internal sealed class Source(string name, IProducers producers, Randomness random, Problems problems)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(2);

    private Randomness _random = random;

    internal string Name => name;

    internal int Restarts { get; private set; }

    internal int Vanishings { get; private set; }

    internal async Task RunAsync(CancellationToken cancellation)
    {
        Action? kill = null;
        try
        {
            for (ulong number = 1; !cancellation.IsCancellationRequested; number++, Restarts++)
            {
                kill = producers.Start(name, number, Period);
                await Task.Delay(_random.Next(2000), cancellation);
                int way = _random.Next(3);
                if (way == 0)
                {
                    await VanishAsync(cancellation); // while its producer writes on
                }

                kill();
                kill = null;
                if (way == 1)
                {
                    await VanishAsync(cancellation); // when nobody writes any more
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (IOException e)
        {
            problems.Add($"{name}: {e.Message}");
        }
        finally
        {
            kill?.Invoke();
        }
    }

    private async Task VanishAsync(CancellationToken cancellation)
    {
        File.Delete(Path.Combine("/dev/shm", name));
        Vanishings++;
        await Task.Delay(_random.Next(300), cancellation);
    }
}
