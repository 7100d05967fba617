using SharedObjects.Bridging.Publishing;
using SharedObjects.Waiting;

namespace SharedObjects.Bridging.Tests.Library;

public sealed class FlightWindowTests
{
    private const long Ms = MonotonicClock.Millisecond;

    private readonly FlightWindow _window = new();

    [Fact]
    public void Two_values_are_let_go_whatever_their_size()
    {
        Send(1, 10_000_000, at: 0);
        Assert.False(_window.IsFull(0, 0));
        Send(2, 10_000_000, at: 0);
        Assert.True(_window.IsFull(0, 0));
    }

    [Fact]
    public void Small_ones_are_let_go_up_to_64_KiB()
    {
        for (ulong i = 1; i <= 64; i++)
        {
            Assert.False(_window.IsFull(0, 0));
            Send(i, 1024, at: 0);
        }

        Assert.True(_window.IsFull(0, 0));
    }

    [Theory]
    [InlineData(0, 100, false)]
    [InlineData(0, 101, true)]
    [InlineData(50, 200, false)]
    [InlineData(50, 201, true)]
    public void Beyond_two_none_is_let_go_while_the_oldest_takes_much_longer_than_the_link_can_do(long best, long age, bool isFull)
    {
        Send(1, 10, at: 0);
        Assert.False(_window.IsFull(age * Ms, best * Ms));
        Send(2, 10, at: 0);
        Assert.Equal(isFull, _window.IsFull(age * Ms, best * Ms));
    }

    [Fact]
    public void A_value_lands_when_the_broker_and_all_receivers_have_it()
    {
        _window.SetReceivers([7, 8]);
        Send(5, 10, at: 0);
        Assert.False(Lands(Ms));
        _window.BrokerHas(5);
        Assert.False(Lands(Ms));
        _window.Receipt(7, 5);
        Assert.False(Lands(Ms));
        _window.Receipt(8, 5);
        Assert.True(Lands(Ms, confirmed: true));
        Assert.Equal((0, 0), (_window.Count, _window.Bytes));
    }

    [Fact]
    public void Without_receivers_the_broker_is_enough()
    {
        Send(5, 10, at: 0);
        _window.BrokerHas(5);
        Assert.True(Lands(Ms, confirmed: true));
    }

    [Fact]
    public void A_receipt_speaks_for_all_before_it_and_for_the_broker()
    {
        _window.SetReceivers([7]);
        Send(5, 10, at: 0);
        Send(6, 10, at: 0);
        _window.Receipt(7, 6);
        Assert.True(Lands(Ms, confirmed: true));
        Assert.True(Lands(Ms, confirmed: true));
    }

    [Fact]
    public void Receipts_of_strangers_and_of_what_was_not_sent_do_not_count()
    {
        _window.SetReceivers([7]);
        Send(5, 10, at: 0);
        _window.Receipt(9, 5);
        _window.Receipt(7, 6);
        _window.Receipt(7, ulong.MaxValue);
        Assert.False(Lands(Ms));
    }

    [Fact]
    public void A_receiver_that_is_silent_is_waited_for_a_second_and_the_broker_for_ever()
    {
        _window.SetReceivers([7]);
        Send(5, 10, at: 0);
        Assert.False(Lands(10_000 * Ms));
        _window.BrokerHas(5);
        Assert.False(Lands(1000 * Ms));
        Assert.True(Lands(1001 * Ms));
        Assert.Equal(0UL, _window.Confirmed); // so that it is sent again
    }

    [Fact]
    public void One_on_a_slow_link_is_waited_for_longer_but_not_for_ever()
    {
        _window.SetReceivers([7]);
        Send(1, 10, at: 0);
        _window.Receipt(7, 1);
        Assert.True(Lands(1500 * Ms, confirmed: true));
        Assert.Equal(6000 * Ms, _window.Patience);
        Send(2, 10, at: 0);
        _window.Receipt(7, 2);
        Assert.True(Lands(60_000 * Ms, confirmed: true));
        Assert.Equal(10_000 * Ms, _window.Patience);
    }

    [Fact]
    public void A_receipt_that_comes_late_tells_how_long_to_wait_for_the_next()
    {
        _window.SetReceivers([7]);
        Send(1, 10, at: 0);
        _window.BrokerHas(1);
        Assert.True(Lands(1001 * Ms)); // in vain
        Send(2, 10, at: 1001 * Ms);
        _window.BrokerHas(2);
        _window.Receipt(7, 1);
        Assert.False(Lands(1500 * Ms));
        Assert.Equal(6000 * Ms, _window.Patience);
        Assert.False(Lands((1001 + 6000) * Ms));
        Assert.True(Lands((1001 + 6001) * Ms));
    }

    [Fact]
    public void One_that_has_gone_tells_nothing_by_that()
    {
        _window.SetReceivers([7, 8]);
        Send(1, 10, at: 0);
        _window.Receipt(7, 1);
        Assert.True(Lands(1001 * Ms)); // 8 is silent
        _window.SetReceivers([7]);
        Send(2, 10, at: 9000 * Ms);
        Assert.False(Lands(9000 * Ms));
        Assert.Equal(1000 * Ms, _window.Patience);
    }

    [Fact]
    public void One_that_has_gone_is_not_waited_for()
    {
        _window.SetReceivers([7, 8]);
        Send(5, 10, at: 0);
        _window.Receipt(7, 5);
        Assert.False(Lands(Ms));
        _window.SetReceivers([7]);
        Assert.True(Lands(Ms, confirmed: true));
    }

    private void Send(ulong sequence, int bytes, long at) => _window.Add(new Flight(sequence, bytes, at, 0));

    private bool Lands(long now, bool confirmed = false)
    {
        bool lands = _window.TryLand(now, out _, out bool isConfirmed);
        Assert.Equal(confirmed, isConfirmed);
        return lands;
    }
}
