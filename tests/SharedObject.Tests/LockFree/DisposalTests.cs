using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.LockFree;

/// <summary>A handle is disposed of while other threads read through it: they end with one exception, and no value is wrong.</summary>
public sealed class DisposalTests : SegmentTest
{
    private const int Rounds = 60, Readers = 3;

    [Fact]
    public Task Of_a_small_value() => Run(
        () => SharedObject.OpenOrCreate(Name(), 1.5),
        handle =>
        {
            Assert.Equal(1.5, handle.Fetch());
            Assert.False(handle.Modified);
            Assert.True(handle.TryFetch(out _));
            Assert.NotEqual(0, handle.Timestamp);
        });

    [Fact]
    public Task Of_an_array_that_is_copied() => Run(
        () => SharedArray<byte>.OpenOrCreate(Name(), [Made.Many]),
        handle => handle.FetchInto(new byte[Made.Many]));

    [Fact]
    public Task Of_one_that_is_decoded_in_place() => Run(
        () => SharedObject.OpenOrCreate(Name(), new double[Made.Many]),
        handle => Assert.Equal(Made.Many, handle.Fetch().Length));

    [Fact]
    public Task Of_a_record_that_is_decoded_in_place() => Run(
        () => Schemas.Large.OpenOrCreate(Name(), new Schemas.Large()),
        handle => handle.Fetch());

    [Fact]
    public Task Of_one_that_is_copied_first() => Run(
        () => SharedObject.OpenOrCreate(Name(), new SharedDict { { "a", NDArray.Create<byte>(new byte[Made.Many], Made.Many) } }),
        handle => Assert.Single(handle.Fetch()));

    [Fact]
    public Task Of_a_view_of_a_large_array() => Run(
        () => SharedArray<byte>.OpenOrCreate(Name(), [Made.Many]),
        handle => Assert.Equal(0, handle.Fetch(static view => view[^1])));

    /// <summary>Readers go on until the handle is disposed of, which is when all have begun.</summary>
    private static async Task Run<T>(Func<T> open, Action<T> read)
        where T : SharedHandle
    {
        using T keeper = open();
        for (int round = 0; round < Rounds; round++)
        {
            T handle = open();
            using var started = new CountdownEvent(Readers);
            List<Task> readers = [.. Enumerable.Range(0, Readers).Select(_ => Background.Run(() =>
            {
                read(handle);
                started.Signal();
                while (true)
                {
                    read(handle);
                }
            }))];
            started.Wait();
            handle.Dispose();
            if (round % 8 == 0)
            {
                GC.Collect(); // unmaps what nobody can reach
                GC.WaitForPendingFinalizers();
            }

            foreach (Task reader in readers)
            {
                await Assert.ThrowsAsync<ObjectDisposedException>(() => reader);
            }

            Assert.Throws<ObjectDisposedException>(() => handle.Modified);
            Assert.Throws<ObjectDisposedException>(() => read(handle));
        }

        read(keeper);
    }
}
