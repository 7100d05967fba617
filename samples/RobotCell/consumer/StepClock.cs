namespace SharedObjects.Samples.RobotCell;

/// <summary>
/// Tells which step of its writer a value is of. A bare ndarray carries no number; but its writer assigns a status object
/// with the step's number last in every step, so the order of the stamps says it.
/// </summary>
internal sealed class StepClock
{
    private long _step;
    private long _stamp;

    /// <summary>Notes a value of the status object.</summary>
    public void Set(long step, long stamp) => (_step, _stamp) = (step, stamp);

    /// <summary>The step of a value with that stamp, if the status object was looked at just before.</summary>
    public long StepOf(long stamp) => stamp <= _stamp ? _step : _step + 1;
}
