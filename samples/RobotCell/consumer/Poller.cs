using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace SharedObjects.Samples.RobotCell;

/// <summary>The thread that fetches every new value, while the main thread draws tables and decides.</summary>
internal sealed class Poller : IDisposable
{
    /// <summary>
    /// A quarter of the fastest object's period: few values are missed, and looking costs less than fetching. (A thread that
    /// spun instead would see values some 0.1 ms earlier, for a whole core.)
    /// </summary>
    private const int PauseMicroseconds = 250;

    private readonly Cell _cell;
    private readonly Mission _mission;
    private readonly IReadOnlyList<IWatched> _watched;
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _stopping;

    public Poller(Cell cell, Mission mission)
    {
        _cell = cell;
        _mission = mission;
        _watched = cell.Watched;
        _thread = new Thread(Run) { Name = "poller" };
        _thread.Start();
    }

    /// <summary>Throws what has ended the thread, if something has.</summary>
    public void ThrowIfFailed() => Volatile.Read(ref _failure)?.Throw();

    /// <summary>Ends the thread; afterwards nobody else touches the watched objects.</summary>
    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                foreach (IWatched watched in _watched)
                {
                    if (watched.Poll() && watched == _cell.State)
                    {
                        _mission.Saw(_cell.State.Read(static state => state), _cell.State.Stamp);
                    }
                }

                ShortSleep.Microseconds(PauseMicroseconds);
            }
        }
        catch (Exception error)
        {
            // On the main thread it becomes a message and an exit code; here it would be a crash.
            Volatile.Write(ref _failure, ExceptionDispatchInfo.Capture(error));
        }
    }
}
