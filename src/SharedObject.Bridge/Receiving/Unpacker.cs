using System;
using ZstdSharp;

namespace SharedObjects.Bridging.Receiving;

/// <summary>Decompresses values of one lane, one at a time.</summary>
internal sealed class Unpacker
{
    private Decompressor? _decompressor;

    /// <summary>Decompresses a value that may be anything, to just the length that its envelope says.</summary>
    /// <returns>The bytes; null if they are not of that length.</returns>
    internal byte[]? TryUnpack(ReadOnlySpan<byte> packed, int length)
    {
        _decompressor ??= new Decompressor();
        try
        {
            byte[] value = GC.AllocateUninitializedArray<byte>(length);
            return _decompressor.TryUnwrap(packed, value, out int written) && written == length ? value : null;
        }
        catch (ZstdException)
        {
            _decompressor.Dispose();
            _decompressor = null; // what it was in the middle of is not to be gone on with
            return null;
        }
    }
}
