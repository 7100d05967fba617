using System;

namespace SharedObjects.Wire.Codecs;

/// <summary>How a type whose layout never varies is read and written as an object's own value.</summary>
internal interface IScalarFormat<T>
{
    static abstract ValueLayout Layout { get; }

    static abstract T Read(ReadOnlySpan<byte> bytes, int offset, in CodecContext context);

    static abstract void Write(Span<byte> bytes, int offset, T value);

    static virtual void Validate(T value, in CodecContext context)
    {
    }
}
