using System;

namespace SharedObjects;

/// <summary>
/// A Python <c>bytearray</c> as an untyped value, to tell it from <c>bytes</c>, which is a plain <c>byte[]</c>. Two are equal
/// when their bytes are.
/// </summary>
/// <param name="bytes">The bytes; not copied.</param>
public sealed class ByteArray(byte[] bytes) : IEquatable<ByteArray>
{
    /// <summary>The bytes.</summary>
    public byte[] Bytes { get; } = bytes ?? throw new ArgumentNullException(nameof(bytes));

    /// <inheritdoc/>
    public bool Equals(ByteArray? other) => other is not null && Bytes.AsSpan().SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ByteArray);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"bytearray of {Bytes.Length} bytes";
}
