using System;

namespace SharedObjects.Wire.Codecs;

/// <summary>How a type whose layout never varies is read and written as an object's own value.</summary>
internal interface IScalarFormat<T>
{
    static abstract ValueLayout Layout { get; }

    /// <summary>Whether reading throws nothing, whatever the bytes are.</summary>
    static virtual bool IsPlain => true;

    static abstract T Read(ReadOnlySpan<byte> bytes, int offset, in CodecContext context);

    static abstract void Write(Span<byte> bytes, int offset, T value);

    static virtual void Validate(T value, in CodecContext context)
    {
    }
}
