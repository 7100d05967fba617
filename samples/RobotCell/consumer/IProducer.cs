using System;

namespace SharedObjects.Samples.RobotCell;

/// <summary>Who writes the cell's objects; disposing ends it, whatever it is doing.</summary>
internal interface IProducer : IDisposable
{
    bool HasEnded { get; }

    /// <summary>Throws if it has ended.</summary>
    /// <exception cref="CellException">It has.</exception>
    void ThrowIfEnded();

    /// <summary>Waits for it to end after the join trigger.</summary>
    /// <exception cref="CellException">It did not, or not well.</exception>
    void WaitForEnd(TimeSpan timeout);
}
