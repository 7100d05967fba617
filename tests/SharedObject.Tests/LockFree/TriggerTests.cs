using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.LockFree;

/// <summary>Objects without a value, nine bytes long, with a trailer and without.</summary>
public sealed class TriggerTests : SegmentTest
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public void They_trigger(bool hasTrailer, bool isOurs)
    {
        var options = new SharedObjectOptions { Adopt = hasTrailer };
        if (!isOurs)
        {
            Segments.Write(Name(), new byte[9]); // as Python makes one
        }

        using SharedTrigger trigger = SharedTrigger.OpenOrCreate(Name(), options);
        using SharedTrigger second = SharedTrigger.Open(Name(), options);
        using SharedObject<object?> any = SharedObject.OpenAny(Name(), options);
        Assert.Equal(hasTrailer, trigger.HasTrailer);
        Assert.Equal(hasTrailer ? 256 : 9, RawSegment.SizeOf(Name()));
        Assert.Equal(0, trigger.Timestamp);
        Assert.Null(any.Fetch());
        Assert.True(any.TryFetch(out object? value));
        Assert.Null(value);
        Assert.False(trigger.Modified | trigger.Triggered | second.Modified);

        trigger.Trigger();
        Assert.True(trigger.Triggered);
        Assert.False(trigger.Triggered);
        Assert.True(second.Modified);
        Assert.True(second.Triggered);
        Assert.True(any.Modified);
        Assert.Null(any.Fetch());
        Assert.False(any.Modified);
        using var raw = new RawSegment(Name(), RawSegment.Data);
        if (hasTrailer)
        {
            Assert.Equal(raw.MtimeWord, raw.CommitWord);
            raw.WhileLocked(() => Assert.Null(any.Fetch()));
        }
        else
        {
            raw.WhileLocked(() => Assert.False(any.TryFetch(out _)));
            Assert.Equal(9, RawSegment.SizeOf(Name()));
        }

        raw.PlainTrigger();
        Assert.True(trigger.Triggered);
        Assert.False(trigger.Triggered);
        Assert.Null(any.Fetch());
        if (hasTrailer)
        {
            Assert.Equal(raw.MtimeWord, raw.CommitWord);
        }

        any.Assign(null);
        Assert.True(trigger.Triggered);
    }
}
