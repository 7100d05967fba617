using System;
using System.Diagnostics;
using SharedObjects.Samples.RobotCell.Schemas;

namespace SharedObjects.Samples.RobotCell;

/// <summary>
/// A producer on another computer, behind a bridge: what it writes comes over the bridge, and what this side writes is made here, as the
/// bridge takes it there.
/// </summary>
internal sealed class RemoteProducer : IProducer
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    // Longer than any step of the arm's: who says nothing for so long has ended.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(0.5);

    private readonly CellNames _names;
    private readonly SharedTrigger _start, _join, _sync;
    private readonly SharedObject<ArmCommand> _command;

    public RemoteProducer(CellNames names)
    {
        _names = names;
        _start = SharedTrigger.OpenOrCreate(names.Start);
        _join = SharedTrigger.OpenOrCreate(names.Join);
        _sync = SharedTrigger.OpenOrCreate(names.Sync);
        _command = ArmCommand.OpenOrCreate(names.Command, new ArmCommand(Sequence: 0, Motion: true, Speed: 1));
    }

    /// <summary>Nobody can know: that it is silent is seen by its values.</summary>
    public bool HasEnded { get; private set; }

    /// <inheritdoc/>
    public void ThrowIfEnded()
    {
    }

    /// <inheritdoc/>
    public void WaitForEnd(TimeSpan timeout)
    {
        using SharedObject<ArmState> state = ArmState.Open(_names.State, new SharedObjectOptions { ReadOnly = true });
        long asked = Stopwatch.GetTimestamp();
        while (state.Wait(Silence))
        {
            state.Fetch();
            if (Stopwatch.GetElapsedTime(asked) > timeout)
            {
                throw new CellException($"the arm still moves {timeout.TotalSeconds} s after the join trigger");
            }
        }

        HasEnded = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!HasEnded && SharedObject.Exists(_names.State))
        {
            // A robot whose operator has gone is asked to end.
            _join.TryTrigger(Grace);
            try
            {
                WaitForEnd(Grace);
            }
            catch (CellException)
            {
                // It was asked; the bridge may be down.
            }
        }

        foreach (SharedHandle made in (SharedHandle[])[_start, _join, _sync, _command])
        {
            made.Unlink();
            made.Dispose();
        }
    }
}
