using System;
using System.Globalization;
using SharedObjects.Tests.Interop;

namespace SharedObjects.Tests.Faults;

/// <summary>
/// The clock steps back an hour: to whoever goes on, the stamps that are there are an hour ahead. Here they are the stamps of Python
/// processes whose clock is ahead, and of plain ones that write after them with the right time.
/// </summary>
public sealed class ClockTests(PeerFixture fixture) : PeerTest(fixture)
{
    private const string WriteAnHourAhead = """
        import sys, time
        now = time.time_ns
        time.time_ns = lambda: now() + 3600 * 10**9
        from sharedobjects import SharedObject
        so = SharedObject(sys.argv[1])
        print("open")
        for line in iter(lambda: sys.stdin.readline(), ""):
            so.assign(float(line))
            print(so.mtime)
        """;

    [Fact]
    public void Modified_and_reads_without_the_lock_are_right_all_the_same()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 0.0);
        using SharedObject<double> reader = SharedObject.Open<double>(Name(), new SharedObjectOptions { ReadOnly = true });
        Peer.Open("python", Name());
        long ahead = 0;
        using (var script = new Script(WriteAnHourAhead, Name()))
        {
            Assert.Equal("open", script.Hear());
            for (int i = 1; i <= 50; i++)
            {
                script.Say(i.ToString(CultureInfo.InvariantCulture));
                ahead = long.Parse(script.Hear(), CultureInfo.InvariantCulture);
                SeenByAll(i);
            }
        }

        long now = (long)(DateTime.UtcNow - DateTime.UnixEpoch).TotalMicroseconds * 1000;
        Assert.InRange(ahead - now, 3_000_000_000_000, 3_700_000_000_000);
        Assert.True(handle.Age < TimeSpan.Zero);

        // From here on the clock is an hour back.
        for (int i = 100; i < 150; i++)
        {
            switch (i % 3)
            {
                case 0:
                    handle.Assign(i);
                    Assert.False(handle.Modified);
                    break;
                case 1:
                    Peer.Assign("python", (double)i);
                    break;
                default:
                    PlainAssign(Name(), (double)i); // its stamp is the time, less than the one before
                    break;
            }

            SeenByAll(i);
        }

        // Triggers, too, and each once.
        handle.Trigger();
        Assert.True(reader.Triggered);
        Assert.False(reader.Triggered);
        Peer.Run("plain_trigger", ("name", Name()));
        Assert.True(reader.Triggered);
        Assert.False(reader.Triggered);

        void SeenByAll(double value)
        {
            Assert.True(reader.Modified);
            Assert.Equal(value, reader.Fetch());
            Assert.False(reader.Modified);
            Assert.Equal(value, handle.Fetch());
            // Now that it is known to be whole, nobody can hold up who reads it.
            using SharedObject<double> other = SharedObject.Open<double>(Name());
            using SharedLockScope scope = other.EnterWriteLock();
            Assert.True(handle.TryFetch(out double again));
            Assert.Equal(value, again);
        }
    }
}
