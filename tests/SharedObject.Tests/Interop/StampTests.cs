using System;
using System.Globalization;
using System.Text.Json.Nodes;

namespace SharedObjects.Tests.Interop;

/// <summary>What one process sees of the other's assigns and triggers.</summary>
public sealed class StampTests(PeerFixture fixture) : PeerTest(fixture)
{
    [Fact]
    public void An_assign_is_new_to_the_other_process_until_it_fetches()
    {
        using SharedObject<double> here = SharedObject.Create(Name(), 1.0);
        Peer.Open("there", Name());
        Assert.False(here.Modified);
        Assert.False(Peer.Modified("there"));

        Peer.Assign("there", 2.0);
        Assert.True(here.Modified);
        Assert.True(here.Modified); // asking changes nothing
        Assert.False(Peer.Modified("there"));
        here.Fetch();
        Assert.False(here.Modified);

        here.Assign(3.0);
        Assert.False(here.Modified);
        Assert.True(Peer.Modified("there"));
        Assert.True(Peer.Modified("there"));
        Peer.Fetch("there");
        Assert.False(Peer.Modified("there"));
        Close("there");
    }

    [Fact]
    public void A_trigger_is_seen_once_by_every_handle_its_own_included()
    {
        using SharedObject<long> here = SharedObject.Create(Name(), 1L);
        using SharedObject<long> second = SharedObject.Open<long>(Name());
        Peer.Open("there", Name());

        here.Trigger();
        Assert.True(Peer.Triggered("there"));
        Assert.False(Peer.Triggered("there"));
        Assert.True(here.Triggered);
        Assert.False(here.Triggered);
        Assert.True(second.Triggered);

        Peer.Trigger("there");
        Assert.True(here.Triggered);
        Assert.False(here.Triggered);
        Assert.True(second.Triggered);
        Assert.True(Peer.Triggered("there"));
        AssertSame(1L, Peer.Fetch("there"));
        Assert.Equal(1L, here.Fetch());
        Close("there");
    }

    [Fact]
    public void A_trigger_of_a_seed_like_process_is_seen()
    {
        using SharedTrigger here = SharedTrigger.OpenOrCreate(Name());
        Assert.False(here.Triggered);
        Peer.Run("plain_trigger", ("name", Name()));
        Assert.True(here.Modified);
        Assert.True(here.Triggered);
        Assert.False(here.Triggered);
    }

    [Fact]
    public void An_object_of_any_type_is_a_trigger_too()
    {
        Peer.Open("there", Name(), "text");
        using SharedTrigger here = SharedTrigger.Open(Name());
        here.Trigger();
        Assert.True(Peer.Triggered("there"));
        AssertSame("text", Peer.Fetch("there"));
        Close("there");
    }

    [Fact]
    public void Both_processes_read_the_same_timestamp_and_it_is_the_time()
    {
        long before = Now();
        using SharedObject<long> here = SharedObject.Create(Name(), 1L);
        Peer.Open("there", Name());
        Assert.Equal(Word(), here.Timestamp);
        Assert.InRange(here.Timestamp, before, Now());

        Peer.Assign("there", 2L);
        Assert.Equal(Word(), here.Timestamp);
        Assert.InRange(here.Timestamp, before, Now());
        Assert.NotEqual(here.LastSeen, here.Timestamp);
        here.Fetch();
        Assert.Equal(here.LastSeen, here.Timestamp);

        Peer.Trigger("there");
        long triggered = Word();
        Assert.Equal(triggered, here.Timestamp);
        here.Trigger();
        Assert.True(here.Timestamp > triggered);
        Assert.Equal(Word(), here.Timestamp);
        Close("there");
    }

    [Fact]
    public void A_fetched_value_is_the_one_of_its_timestamp()
    {
        Peer.Open("there", Name(), 0L);
        using SharedObject<long> here = SharedObject.Open<long>(Name());
        for (long i = 1; i <= 100; i++)
        {
            Peer.Assign("there", i);
            Assert.Equal(i, here.Fetch());
            Assert.Equal(Word(), here.LastSeen);
        }

        Close("there");
    }

    [Fact]
    public void A_mounted_object_is_not_new_and_one_made_without_a_value_has_no_timestamp()
    {
        Peer.Open("there", Name("a"), 1.5);
        using SharedObject<double> mounted = SharedObject.Open<double>(Name("a"));
        Assert.False(mounted.Modified);
        Assert.False(mounted.Triggered);
        Assert.Equal(mounted.LastSeen, mounted.Timestamp);

        using SharedTrigger trigger = SharedTrigger.OpenOrCreate(Name("b"));
        Assert.Equal(0, trigger.Timestamp);
        Assert.Equal(TimeSpan.MaxValue, trigger.Age);
        Close("there");
    }

    [Fact]
    public void A_stamp_that_went_back_is_still_news()
    {
        using SharedObject<long> here = SharedObject.Create(Name(), 1L);
        Peer.Open("there", Name());
        byte[] bytes = ObjectBytes.Of(here);
        BitConverter.TryWriteBytes(bytes, BitConverter.ToUInt64(bytes) - 1_000_000_000);
        bytes[9] = 7;
        ObjectBytes.Overwrite(Name(), bytes);
        Assert.True(here.Modified);
        Assert.True(Peer.Modified("there"));
        Assert.Equal(7L, here.Fetch());
        Assert.False(here.Modified);
        Close("there");
    }

    private static long Now() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;

    private long Word()
    {
        JsonNode mtime = Peer.Run("mtime", ("handle", "there"))!;
        return long.Parse((string)mtime["word"]!, CultureInfo.InvariantCulture);
    }
}
