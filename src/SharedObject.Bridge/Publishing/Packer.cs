using System;
using ZstdSharp;

namespace SharedObjects.Bridging.Publishing;

/// <summary>Compresses values of one lane, one at a time.</summary>
internal sealed class Packer
{
    // The fastest that is not a switch to another method: a link that needs compression is slower than it by far.
    private const int Level = 1;

    private Compressor? _compressor;
    private byte[] _packed = [];

    /// <summary>Compresses a value.</summary>
    /// <returns>The bytes, good until the next call; null if they would not be fewer.</returns>
    internal ArraySegment<byte>? TryPack(ReadOnlySpan<byte> value)
    {
        _compressor ??= new Compressor(Level);
        if (_packed.Length < value.Length)
        {
            _packed = GC.AllocateUninitializedArray<byte>(value.Length);
        }

        // No room for more than the value itself: where it does not fit, it is not worth it.
        return _compressor.TryWrap(value, _packed.AsSpan(0, value.Length), out int length) && length < value.Length
            ? new ArraySegment<byte>(_packed, 0, length)
            : (ArraySegment<byte>?)null;
    }
}
