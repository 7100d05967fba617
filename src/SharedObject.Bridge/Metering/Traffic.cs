using System.Threading;

namespace SharedObjects.Bridging.Metering;

/// <summary>What has crossed of one object, one way. Counted by one thread at a time, read by any.</summary>
internal sealed class Traffic
{
    private long _values, _bytes, _superseded, _refused, _lastAt;
    private long _valuesBefore, _bytesBefore;
    private double _valuesPerSecond, _bytesPerSecond;

    internal long Values => Interlocked.Read(ref _values);

    internal long Bytes => Interlocked.Read(ref _bytes);

    internal long Superseded => Interlocked.Read(ref _superseded);

    internal long Refused => Interlocked.Read(ref _refused);

    /// <summary>When the last value crossed, of the monotonic clock; 0 if none has.</summary>
    internal long LastAt => Interlocked.Read(ref _lastAt);

    internal double ValuesPerSecond => Volatile.Read(ref _valuesPerSecond);

    internal double BytesPerSecond => Volatile.Read(ref _bytesPerSecond);

    internal void Crossed(long bytes, long now)
    {
        Interlocked.Increment(ref _values);
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Exchange(ref _lastAt, now);
    }

    internal void Supersede() => Interlocked.Increment(ref _superseded);

    internal void Refuse() => Interlocked.Increment(ref _refused);

    /// <summary>Sets the rates to those since the last call.</summary>
    internal void Tick(double seconds)
    {
        (long values, long bytes) = (Values, Bytes);
        Volatile.Write(ref _valuesPerSecond, (values - _valuesBefore) / seconds);
        Volatile.Write(ref _bytesPerSecond, (bytes - _bytesBefore) / seconds);
        (_valuesBefore, _bytesBefore) = (values, bytes);
    }
}
