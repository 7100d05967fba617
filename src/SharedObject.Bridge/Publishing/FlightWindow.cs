using System;
using System.Collections.Generic;
using SharedObjects.Waiting;

namespace SharedObjects.Bridging.Publishing;

/// <summary>
/// How much of one object may be on its way: the values that were sent and not yet confirmed, by the broker and by each bridge that takes them.
/// What waits beyond it waits here, where a newer value takes its place. Under the publisher's gate.
/// </summary>
/// <remarks>
/// Two values are always let go, so that one is on the link while the receipt for the other is on its way. Beyond that, 64 KiB let a small
/// object fill a fast link with a long way; but only as long as they come through in about the time that the link has shown it can do: where
/// the oldest takes four times as long, the link is slow and not long, and more would stand in a queue and grow old.
/// </remarks>
internal sealed class FlightWindow
{
    private const int LeastValues = 2;
    private const int MaxBytes = 64 * 1024;
    private const int DelayFactor = 4;
    private const long LeastDelay = 100 * MonotonicClock.Millisecond;

    /// <summary>How long one receiver may keep a value from making room, at least and at most, whatever its link.</summary>
    private const long LeastPatience = 1000 * MonotonicClock.Millisecond, MostPatience = 10_000 * MonotonicClock.Millisecond;

    /// <summary>How many that were waited for in vain are remembered: their receipts may still come.</summary>
    private const int MaxGivenUp = 16;

    private readonly Queue<Flight> _flights = new();
    private readonly Queue<Flight> _givenUp = new();
    private readonly Dictionary<ulong, ulong> _receipts = []; // by receiver
    private ulong[] _receivers = [];
    private ulong _brokerHas;
    private long _roundTrip;

    /// <summary>How many values are under way.</summary>
    internal int Count => _flights.Count;

    /// <summary>How many bytes are under way.</summary>
    internal int Bytes { get; private set; }

    /// <summary>Whether bridges take the object.</summary>
    internal bool HasReceivers => _receivers.Length > 0;

    /// <summary>The number of the message that was sent last; 0 if none was on this connection.</summary>
    internal ulong Last { get; private set; }

    /// <summary>Up to which message everybody has confirmed.</summary>
    internal ulong Confirmed
    {
        get
        {
            ulong confirmed = _brokerHas;
            foreach (ulong receiver in _receivers)
            {
                confirmed = Math.Min(confirmed, _receipts.GetValueOrDefault(receiver));
            }

            return confirmed;
        }
    }

    /// <summary>How long to wait for those who are silent.</summary>
    internal long Patience => Math.Clamp(DelayFactor * _roundTrip, LeastPatience, MostPatience);

    /// <param name="now">Of the monotonic clock.</param>
    /// <param name="bestRoundTrip">The shortest time that the lane has shown.</param>
    internal bool IsFull(long now, long bestRoundTrip) =>
        _flights.Count >= LeastValues
        && (Bytes >= MaxBytes || now - _flights.Peek().SentAt > Math.Max(LeastDelay, DelayFactor * bestRoundTrip));

    internal void Add(in Flight flight)
    {
        _flights.Enqueue(flight);
        Bytes += flight.Bytes;
        Last = flight.Sequence;
    }

    /// <summary>The bridges to wait for from now on.</summary>
    internal void SetReceivers(ulong[] receivers)
    {
        _receivers = receivers;
        _givenUp.Clear(); // whoever has gone would have confirmed them by that
        foreach (ulong known in (ulong[])[.. _receipts.Keys])
        {
            if (!receivers.AsSpan().Contains(known))
            {
                _receipts.Remove(known);
            }
        }
    }

    internal void BrokerHas(ulong sequence) => _brokerHas = Math.Max(_brokerHas, sequence);

    internal void Receipt(ulong receiver, ulong sequence)
    {
        // Only of those we wait for, and of what was sent: others would fill the memory, or have us stop to wait.
        if (sequence <= Last && _receivers.AsSpan().Contains(receiver) && sequence > _receipts.GetValueOrDefault(receiver))
        {
            _receipts[receiver] = sequence;
            BrokerHas(sequence);
        }
    }

    /// <summary>Takes off the oldest value that is confirmed by all, or that was waited for long enough.</summary>
    /// <param name="now">Of the monotonic clock.</param>
    /// <param name="flight">The value.</param>
    /// <param name="isConfirmed">Whether all have it.</param>
    internal bool TryLand(long now, out Flight flight, out bool isConfirmed)
    {
        isConfirmed = false;
        LearnFromLate(now);
        if (!_flights.TryPeek(out flight))
        {
            return false;
        }

        isConfirmed = flight.Sequence <= Confirmed;
        if (!isConfirmed && (flight.Sequence > _brokerHas || now - flight.SentAt <= Patience))
        {
            return false;
        }

        if (isConfirmed)
        {
            long took = now - flight.SentAt;
            _roundTrip = _roundTrip == 0 ? took : _roundTrip + ((took - _roundTrip) / 8);
        }
        else
        {
            _givenUp.Enqueue(flight);
            if (_givenUp.Count > MaxGivenUp)
            {
                _givenUp.Dequeue();
            }
        }

        return TryDrop(out flight);
    }

    // Without it a link that takes longer than the patience would never show how long: each value would be given up, and the next one put
    // behind it in the link's queue.
    private void LearnFromLate(long now)
    {
        while (_givenUp.TryPeek(out Flight late) && late.Sequence <= Confirmed)
        {
            _roundTrip = Math.Max(_roundTrip, now - late.SentAt);
            _givenUp.Dequeue();
        }
    }

    /// <summary>Takes off the oldest value, whoever has it.</summary>
    internal bool TryDrop(out Flight flight)
    {
        if (!_flights.TryDequeue(out flight))
        {
            return false;
        }

        Bytes -= flight.Bytes;
        return true;
    }

    /// <summary>Of a connection that was lost: nothing is under way any more.</summary>
    internal void Clear()
    {
        _flights.Clear();
        _givenUp.Clear();
        _receipts.Clear();
        Bytes = 0;
        Last = 0;
    }
}
