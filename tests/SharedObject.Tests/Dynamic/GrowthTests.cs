using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using Mono.Unix.Native;
using SharedObjects.Hunt;
using SharedObjects.Tests.LockFree;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Dynamic;

/// <summary>Segments that grow while other processes, of C# and of Python, read them; and writers that die meanwhile.</summary>
public sealed class GrowthTests : DynamicTest
{
    private const int Steps = 1000, LastStep = (2 * Steps) + 1;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_thousand_steps_of_growth_under_readers_in_other_processes(bool byPages)
    {
        using SharedDynamicObject writer = SharedDynamicObject.Create(Name(), Certified.Make(1, 100));
        ulong inode = Inode(Name());
        using Child reader = Child.CSharp("read", Name(), $"{LastStep}"), pythonReader = Child.Python("read", Name(), $"{LastStep}");
        int descriptor = Syscall.open(Segments.Path(Name()), OpenFlags.O_RDWR);
        var sizes = new HashSet<long>();
        for (int step = 1; step <= Steps; step++)
        {
            // Once as this library grows, and once as a peer may that grows by no more than it needs: each step then is one that all have to follow.
            if (byPages)
            {
                using (writer.EnterWriteLock())
                {
                    Assert.Equal(0, Syscall.posix_fallocate(descriptor, 0, (ulong)((step + 1) * 4096)));
                    writer.Assign(Certified.Make((2 * step) + 1, step * 4000));
                }
            }
            else
            {
                writer.Assign(Certified.Make((2 * step) + 1, step * 4000));
            }

            sizes.Add(RawSegment.SizeOf(Name()));
            if (step % 3 == 0 && step < Steps)
            {
                writer.Assign(Certified.Make((2 * step) + 2, 8));
            }
        }

        _ = Syscall.close(descriptor);
        Assert.InRange(sizes.Count, byPages ? Steps - 1 : 9, byPages ? Steps : 14);
        foreach (Child each in new[] { reader, pythonReader })
        {
            each.Expect("last");
        }

        writer.Assign(null);
        foreach (Child each in new[] { reader, pythonReader })
        {
            Assert.EndsWith($" {LastStep}", each.End(), StringComparison.Ordinal);
        }

        Assert.Equal(inode, Inode(Name()));
    }

    [Fact]
    public void A_thousand_steps_of_a_Python_writer_are_followed_by_csharp_readers()
    {
        using Child writer = Child.Python("steps", Name(), $"{Steps}");
        using Child reader = Child.CSharp("read", Name(), $"{LastStep}");
        using SharedDynamicObject handle = SharedDynamicObject.Open(Name());
        ulong inode = Inode(Name());
        writer.Go();
        var sizes = new HashSet<long>();
        for (long last = 1; last < LastStep;)
        {
            long number = Certified.NumberOf(handle.Fetch());
            Assert.True(number >= last, $"number {number} after {last}");
            last = number;
            sizes.Add(handle.Capacity);
        }

        Assert.True(sizes.Count > 1); // so that this handle has followed it, too
        Assert.Equal((Steps + 1) * 4096, Value + handle.Capacity);
        writer.Expect("written");
        reader.Expect("last");
        writer.Go();
        Assert.EndsWith($" {LastStep}", reader.End(), StringComparison.Ordinal);
        writer.End();
        Assert.Equal(inode, Inode(Name()));
        Assert.Null(handle.Fetch());
    }

    [Fact]
    public void After_growth_it_is_read_without_the_lock()
    {
        using SharedDynamicObject writer = SharedDynamicObject.Create(Name(), 1);
        using SharedDynamicObject reader = SharedDynamicObject.Open(Name());
        using SharedDynamicObject readOnly = SharedDynamicObject.Open(Name(), new SharedObjectOptions { ReadOnly = true });
        writer.Assign(Certified.Make(8, 5_000_000));
        using RawSegment raw = Raw();
        raw.WhileLocked(() =>
        {
            foreach (SharedDynamicObject handle in new[] { reader, readOnly, writer })
            {
                Assert.True(handle.TryFetch(out object? value));
                Assert.Equal(8, Certified.NumberOf(value));
            }

            Assert.False(writer.TryAssign(1));
        });
    }

    /// <remarks>More seeds: <c>SharedObject.Hunt grow kills 1000</c>.</remarks>
    [Fact]
    public void A_writer_that_is_killed_leaves_the_old_value_the_new_one_or_torn_and_the_next_goes_on()
    {
        using Child kills = Child.CSharp("kills", "5");
        Assert.EndsWith(": OK", kills.End(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_writer_that_dies_between_growing_and_writing_leaves_the_old_value()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), Certified.Make(8, 1000));
        using SharedDynamicObject reader = SharedDynamicObject.Open(Name());
        Assert.Equal(0, Syscall.truncate(Segments.Path(Name()), 1 << 20)); // without pages, even
        Assert.Equal(8, Certified.NumberOf(reader.Fetch()));
        handle.Assign(Certified.Make(9, 500_000));
        Assert.Equal(9, Certified.NumberOf(reader.Fetch()));
        Assert.Equal(1 << 20, RawSegment.SizeOf(Name()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_write_that_never_ended_is_torn_until_the_next(int done)
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), Certified.Make(8, 3000));
        handle.Assign(Certified.Make(8, 3000));
        using RawSegment raw = Raw();
        raw.WhileLocked(() =>
        {
            raw.WritingWord = raw.MtimeWord += 1;
            if (done > 0)
            {
                raw.Bytes.Slice(Value, 100).Fill(7);
            }

            if (done > 1)
            {
                SetLength(raw, 12);
            }
        });
        using SharedDynamicObject late = SharedDynamicObject.Open(Name());
        foreach (SharedDynamicObject each in new[] { handle, late })
        {
            Assert.Throws<SharedTornException>(() => each.Fetch());
            Assert.Throws<SharedTornException>(() => each.Fetch());
            Assert.False(each.TryFetch(out _));
        }

        handle.Assign(Certified.Make(9, 500));
        Assert.Equal(9, Certified.NumberOf(late.Fetch()));
    }

    /// <summary>A process of the hunt's program, or of its grow.py, which has the same roles.</summary>
    private sealed class Child : IDisposable
    {
        private readonly Process _process;

        private Child(string program, params string[] arguments)
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
            start.Environment["SHAREDOBJECT_PYTHON"] = Support.Python.Executable;
            _process = Process.Start(start)!;
            Expect("ready");
        }

        internal static Child CSharp(params string[] role) =>
            new("dotnet", [Path.Combine(AppContext.BaseDirectory, "SharedObject.Hunt.dll"), "grow", .. role]);

        internal static Child Python(params string[] role) =>
            new(Support.Python.Executable, [Path.Combine(AppContext.BaseDirectory, "grow.py"), .. role]);

        /// <summary>Waits until it has written the line.</summary>
        internal void Expect(string line) => Assert.Equal(line, _process.StandardOutput.ReadLine());

        internal void Go()
        {
            _process.StandardInput.WriteLine();
            _process.StandardInput.Flush();
        }

        /// <summary>What it has still written before it ended.</summary>
        internal string End()
        {
            string output = _process.StandardOutput.ReadToEnd().TrimEnd();
            _process.WaitForExit();
            Assert.True(_process.ExitCode == 0, output);
            return output;
        }

        public void Dispose()
        {
            if (!_process.HasExited)
            {
                _process.Kill();
            }

            _process.Dispose();
        }
    }
}
