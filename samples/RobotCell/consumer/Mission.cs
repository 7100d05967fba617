using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using SharedObjects.Samples.RobotCell.Schemas;

namespace SharedObjects.Samples.RobotCell;

/// <summary>Around half-time the arm is told to stop, and a second later to go on. Keeps watch on whether it obeys.</summary>
internal sealed class Mission(SharedObject<ArmCommand> command, TimeSpan duration)
{
    private const int StopCommand = 1;
    private const int ResumeCommand = 2;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _stopAt = (duration - PauseOf(duration)) / 2;
    private readonly TimeSpan _resumeAt = (duration + PauseOf(duration)) / 2;
    private readonly long[] _sentAt = new long[ResumeCommand + 1];
    private readonly long[] _answeredAt = new long[ResumeCommand + 1];
    private int _sent;
    private volatile bool _hasStopped;
    private volatile bool _hasResumed;

    /// <summary>How many commands were sent.</summary>
    public int Sent => _sent;

    /// <summary>From a command's stamp to that of the first state with its sequence.</summary>
    public IReadOnlyList<TimeSpan> Latencies =>
        [.. Enumerable.Range(1, ResumeCommand)
            .Where(i => Volatile.Read(ref _answeredAt[i]) != 0)
            .Select(i => TimeSpan.FromTicks((_answeredAt[i] - _sentAt[i]) / TimeSpan.NanosecondsPerTick))];

    /// <summary>Sends what is due.</summary>
    public void Advance(TimeSpan elapsed)
    {
        if (_sent < StopCommand && elapsed >= _stopAt)
        {
            Send(new ArmCommand(StopCommand, Motion: false, Speed: 0));
        }
        else if (_sent == StopCommand && elapsed >= _resumeAt)
        {
            Send(new ArmCommand(ResumeCommand, Motion: true, Speed: 1));
        }
    }

    /// <summary>Looks at what the arm does. On the polling thread: no state in which it stands still is to be missed.</summary>
    public void Saw(in ArmState state, long stamp)
    {
        int answered = (int)Math.Clamp(state.Command, 0, ResumeCommand);
        if (_answeredAt[answered] == 0)
        {
            Volatile.Write(ref _answeredAt[answered], stamp);
        }

        bool stands = true;
        foreach (double velocity in state.Qvel)
        {
            stands &= velocity == 0;
        }

        _hasStopped |= answered == StopCommand && stands;
        _hasResumed |= answered == ResumeCommand && !stands;
    }

    /// <summary>What the arm did not obey, if anything.</summary>
    public string? Disobedience() => (_sent, _hasStopped, _hasResumed) switch
    {
        (>= StopCommand, false, _) => "the arm did not stop when it was told to",
        (>= ResumeCommand, _, false) => "the arm did not move again when it was told to",
        _ => null,
    };

    private static TimeSpan PauseOf(TimeSpan duration) => duration / 4 < LongestPause ? duration / 4 : LongestPause;

    private void Send(ArmCommand next)
    {
        command.Assign(next);
        _sentAt[next.Sequence] = command.LastSeen;
        _sent = (int)next.Sequence;
    }
}
