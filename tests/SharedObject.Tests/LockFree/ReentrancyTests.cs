using System;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.LockFree;

/// <summary>A call from a callback that runs under the handle's lock throws, also where it would not have had to wait.</summary>
public sealed class ReentrancyTests : SegmentTest
{
    [Fact]
    public void Reads_in_an_update_throw()
    {
        byte[] elements = new byte[16];
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using SharedObject<double> other = SharedObject.Open<double>(Name());
        using SharedArray<byte> array = SharedArray<byte>.Publish(Name("a"), elements, [elements.Length]);
        double into = 0;
        Action[] reads =
        [
            () => handle.Fetch(),
            () => handle.TryFetch(out _),
            () => handle.FetchInto(ref into),
            () => handle.TryFetchInto(ref into),
            () => handle.FetchView(0, static (bytes, in context, state) => 0),
        ];
        handle.UpdateInPlace(0, (bytes, in context, state) =>
        {
            Assert.All(reads, read => Assert.Throws<SharedReentrancyException>(read));
            Assert.Equal(1.5, other.Fetch()); // another handle reads, as another process would
        });
        array.Update(_ =>
        {
            Assert.Throws<SharedReentrancyException>(() => array.FetchInto(elements));
            Assert.Throws<SharedReentrancyException>(() => array.TryFetchInto(elements));
            Assert.Throws<SharedReentrancyException>(() => array.Fetch());
        });
        Assert.All(reads, read => read());
        array.FetchInto(elements);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(Made.Many)]
    public void Reads_in_a_view_of_an_array_throw(int length)
    {
        byte[] elements = new byte[length];
        using SharedArray<byte> array = SharedArray<byte>.Publish(Name(), elements, [length]);
        array.Fetch(_ =>
        {
            Assert.Throws<SharedReentrancyException>(() => array.FetchInto(elements));
            Assert.Throws<SharedReentrancyException>(() => array.TryFetchInto(elements));
            Assert.Throws<SharedReentrancyException>(() => array.Assign(elements));
            return 0;
        });
        array.FetchInto(elements);
    }

    [Fact]
    public void Reads_in_a_view_of_a_large_record_throw()
    {
        using SharedObject<Schemas.Large> handle = Schemas.Large.Create(Name(), new Schemas.Large());
        handle.FetchView(0, (bytes, in context, state) =>
        {
            Assert.Throws<SharedReentrancyException>(() => handle.Fetch());
            Assert.Throws<SharedReentrancyException>(() => handle.Assign(new Schemas.Large()));
            return 0;
        });
        handle.Fetch();
    }

    [Fact]
    public void Reads_in_a_scope_of_the_same_thread_see_what_it_has_assigned()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using SharedObject<double> other = SharedObject.Open<double>(Name());
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        using (handle.EnterWriteLock())
        {
            handle.Assign(2.5);
            Assert.Equal(2.5, handle.Fetch());
            Assert.Equal(2.5, other.Fetch()); // without the lock; as SharedHandle.EnterWriteLock says
        }

        raw.PlainAssign(RawSegment.Data, Made.Double(3.5));
        using (handle.EnterReadLock())
        {
            Assert.Equal(3.5, handle.Fetch()); // joins the lock, and heals
            Assert.Equal(raw.MtimeWord, raw.CommitWord);
            Assert.Equal(3.5, handle.Fetch());
        }
    }
}
