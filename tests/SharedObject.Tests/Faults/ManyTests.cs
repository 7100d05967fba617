using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Faults;

/// <summary>Many threads on one handle, many handles in one process, and what a process that is started gets of them.</summary>
public sealed class ManyTests : SegmentTest
{
    [Fact]
    public async Task Sixty_four_threads_on_one_handle()
    {
        const int Threads = 64, Length = 500, Steps = 100;
        using SharedArray<long> array = SharedArray<long>.Create(Name(), [Length]);
        array.Assign(new long[Length]);
        using SharedArray<long> large = SharedArray<long>.Create(Name("large"), [Length * 20]); // changed in place
        large.Assign(new long[Length * 20]);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(i => Background.Run(() => Work(i))));
        Assert.All(array.Fetch(), item => Assert.Equal(Threads / 2 * Steps, item));
        Assert.All(large.Fetch(), item => Assert.Equal(Threads / 2 * Steps, item));

        void Work(int thread)
        {
            long[] copy = new long[Length], largeCopy = new long[Length * 20];
            long last = 0;
            for (int step = 0; step < Steps; step++)
            {
                if (thread % 2 == 0)
                {
                    array.Update(static view => Increment(view.GetSpan([0], (int)view.FlattenedLength)));
                    large.Update(static view => Increment(view.GetSpan([0], (int)view.FlattenedLength)));
                }
                else
                {
                    array.FetchInto(copy);
                    Assert.InRange(copy[0], last, Threads / 2 * Steps);
                    Assert.False(copy.AsSpan().ContainsAnyExcept(copy[0]));
                    last = copy[0];
                    large.FetchInto(largeCopy);
                    Assert.False(largeCopy.AsSpan().ContainsAnyExcept(largeCopy[0]));
                    _ = array.Modified || array.Triggered;
                    using SharedLockScope scope = step % 10 == 0 ? array.EnterReadLock() : default;
                }
            }
        }

        static void Increment(Span<long> items)
        {
            foreach (ref long item in items)
            {
                item++;
            }
        }
    }

    [Fact]
    public void A_thousand_handles_in_one_process_and_nothing_is_left_of_them()
    {
        const int Objects = 20, Handles = 1000;
        for (int i = 0; i < Objects; i++)
        {
            SharedObject.Publish(Name($"{i}"), (double)i).Dispose();
        }

        UseHandles();
        Assert.Equal(0, Descriptors());
        Until(() =>
        {
            GC.Collect(); // mappings end with the last who could read by them
            GC.WaitForPendingFinalizers();
            return !File.ReadAllText("/proc/self/maps").Contains(Name(""), StringComparison.Ordinal);
        });

        // And of those that nobody disposed of: the collector closes them.
        Abandon();
        Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return Descriptors() == 0;
        });

        void UseHandles()
        {
            List<SharedObject<double>> handles = [.. Enumerable.Range(0, Handles).Select(i => SharedObject.Open<double>(Name($"{i % Objects}")))];
            Assert.Equal(Handles, Descriptors());
            for (int i = 0; i < Handles; i++)
            {
                handles[i].Assign(i);
                Assert.Equal(i, handles[(i + Objects) % Handles].Fetch());
            }

            handles.ForEach(handle => handle.Dispose());
        }

        void Abandon()
        {
            for (int i = 0; i < 100; i++)
            {
                SharedObject.Open<double>(Name($"{i % Objects}")).Fetch();
            }
        }
    }

    [Fact]
    public void Opening_that_fails_leaves_no_descriptor()
    {
        SharedObject.Publish(Name(), 1.5).Dispose();
        Segments.Write(Name("other"), [1, 2, 3]);
        Segments.Write(Name("half"), []);
        var noWait = new SharedObjectOptions { MountTimeout = TimeSpan.Zero, LockTimeout = TimeSpan.Zero };
        for (int i = 0; i < 20; i++)
        {
            Assert.Throws<SharedSchemaException>(() => SharedObject.Open<string>(Name()));
            Assert.Throws<SharedExistsException>(() => SharedObject.Create(Name(), 1.5));
            Assert.Throws<SharedFormatException>(() => SharedObject.OpenAny(Name("other")));
            Assert.Throws<SharedNotReadyException>(() => SharedObject.OpenAny(Name("half"), noWait));
            Assert.Throws<SharedValueException>(() => SharedObject.Create(Name("new"), "\ud800"));
        }

        Assert.Equal(0, Descriptors());
    }

    [Fact]
    public void A_process_that_is_started_inherits_no_descriptor_and_no_lock()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5, new SharedObjectOptions { LockTimeout = TimeSpan.FromSeconds(30) });
        using SharedArray<byte> array = SharedArray<byte>.Create(Name("array"), [100]);
        Process child;
        using (SharedLockScope scope = handle.EnterWriteLock())
        {
            child = Process.Start(new ProcessStartInfo("sh", ["-c", "ls -l /proc/self/fd; echo end; read line"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
        }

        using (child)
        {
            List<string> lines = [];
            while (child.StandardOutput.ReadLine() is { } line && line != "end")
            {
                lines.Add(line);
            }

            Assert.NotEmpty(lines);
            Assert.DoesNotContain(lines, line => line.Contains(Name(""), StringComparison.Ordinal));
            using SharedObject<double> other = SharedObject.Open<double>(Name());
            other.Assign(2.5, TimeSpan.FromSeconds(30)); // while the child lives
            child.StandardInput.Close();
            child.WaitForExit();
        }
    }

    [Fact]
    public async Task Disposal_while_others_are_in_calls_that_lock()
    {
        for (int round = 0; round < 40; round++)
        {
            SharedArray<long> array = SharedArray<long>.OpenOrCreate(Name(), [5_000]);
            using var started = new CountdownEvent(3);
            Task[] users =
            [
                Use(() => array.Assign(new long[5_000])),
                Use(() => array.Update(static view => view[0]++)),
                Use(() => array.EnterReadLock().Dispose()),
            ];
            started.Wait();
            array.Dispose();
            foreach (Task user in users)
            {
                await Assert.ThrowsAsync<ObjectDisposedException>(() => user);
            }

            Task Use(Action action) => Background.Run(() =>
            {
                action();
                started.Signal();
                while (true)
                {
                    action();
                }
            });
        }

        Assert.Equal(0, Descriptors());
        using SharedArray<long> after = SharedArray<long>.Open(Name());
        after.Assign(new long[5_000]); // nobody has left the lock taken
    }

    /// <summary>How many descriptors of this test's segments the process has.</summary>
    private int Descriptors() => new DirectoryInfo("/proc/self/fd").EnumerateFiles()
        .Count(file => file.LinkTarget?.Contains(Name(""), StringComparison.Ordinal) == true);
}
