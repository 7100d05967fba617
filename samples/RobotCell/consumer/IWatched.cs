using System;

namespace SharedObjects.Samples.RobotCell;

/// <summary>What all watched objects have in common.</summary>
internal interface IWatched : IDisposable
{
    string Label { get; }

    RateMeter.Reading Reading { get; }

    bool Poll();
}
