using SharedObjects.Sync;

namespace SharedObjects.Tests.Sync;

/// <summary>Stamps are the time, but never the same twice, and never drawn along by garbage.</summary>
public sealed class StampClockTests
{
    private const ulong Now = 1_700_000_000_000_000_000, Day = 86_400_000_000_000;

    [Theory]
    [InlineData(0, Now)]
    [InlineData(Now - 1, Now)]
    [InlineData(Now, Now + 1)]
    [InlineData(Now + 5, Now + 6)]
    [InlineData(Now + Day, Now + Day + 1)]
    [InlineData(Now + Day + 1, Now)]
    [InlineData(ulong.MaxValue, Now)]
    public void The_next_stamp(ulong previous, ulong expected) => Assert.Equal(expected, StampClock.Next(Now, [previous]));
}
