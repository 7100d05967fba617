using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using CommunityToolkit.HighPerformance.Buffers;
using SharedObjects.Internals;

namespace SharedObjects.Wire;

/// <summary>
/// Reads and writes the data areas of single values at given offsets: what codecs, generated ones included, are made of.
/// </summary>
/// <remarks>
/// Every offset is one of a data area (the byte behind the tag), counted from the object's first byte. <c>member</c> is the
/// C# member that the value belongs to, for messages, or null for the object's own value.
/// </remarks>
public static class WireValue
{
    /// <summary>The longest text, in bytes of UTF-8, that <see cref="ReadPooledString"/> keeps in the pool.</summary>
    public const int PooledTextLimit = 1024;

    private const int StackLimit = 512;

    /// <summary>Reads a <c>bool</c>; any non-zero byte is true.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    public static bool ReadBool(ReadOnlySpan<byte> bytes, int offset) => bytes[offset] != 0;

    /// <summary>Writes a <c>bool</c>.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    /// <param name="value">The value.</param>
    public static void WriteBool(Span<byte> bytes, int offset, bool value) => bytes[offset] = value ? (byte)1 : (byte)0;

    /// <summary>Reads an <c>int</c>.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    public static long ReadInt(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt64LittleEndian(bytes[offset..]);

    /// <summary>Reads an <c>int</c> into a narrower integer.</summary>
    /// <typeparam name="T">The integer's type.</typeparam>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedRangeException">The number is out of range of <typeparamref name="T"/>.</exception>
    public static T ReadInt<T>(ReadOnlySpan<byte> bytes, int offset, in CodecContext context, string? member = null)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        long value = ReadInt(bytes, offset);
        T narrow = T.CreateTruncating(value);
        // The round trip alone would let a negative number through as a huge unsigned one.
        if (long.CreateTruncating(narrow) != value || T.IsNegative(narrow) != (value < 0))
        {
            throw Error.OutOfRange(context, member, $"an integer from {T.MinValue} to {T.MaxValue}", value.ToString(Error.Culture));
        }

        return narrow;
    }

    /// <summary>Writes an <c>int</c>.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    /// <param name="value">The value.</param>
    public static void WriteInt(Span<byte> bytes, int offset, long value) =>
        BinaryPrimitives.WriteInt64LittleEndian(bytes[offset..], value);

    /// <summary>Checks that an unsigned number can be written as an <c>int</c>, which is signed.</summary>
    /// <param name="value">The value.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedValueException">The number is above <see cref="long.MaxValue"/>.</exception>
    public static void CheckInt(ulong value, in CodecContext context, string? member = null)
    {
        if (value > long.MaxValue)
        {
            throw Error.ValueDoesNotFit(context, member, $"an integer up to {long.MaxValue}", value.ToString(Error.Culture));
        }
    }

    /// <summary>Reads a <c>float</c>.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    public static double ReadFloat(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadDoubleLittleEndian(bytes[offset..]);

    /// <summary>Reads a <c>float</c> into a <see cref="float"/>, rounded to the nearest.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedRangeException">The number is finite and beyond a <see cref="float"/>'s range.</exception>
    public static float ReadSingle(ReadOnlySpan<byte> bytes, int offset, in CodecContext context, string? member = null) =>
        Narrow(ReadFloat(bytes, offset), context, member);

    /// <summary>Writes a <c>float</c>.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    /// <param name="value">The value.</param>
    public static void WriteFloat(Span<byte> bytes, int offset, double value) =>
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[offset..], value);

    /// <summary>Reads a <c>complex</c>.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    public static Complex ReadComplex(ReadOnlySpan<byte> bytes, int offset) =>
        new(ReadFloat(bytes, offset), ReadFloat(bytes, offset + sizeof(double)));

    /// <summary>Writes a <c>complex</c>.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    /// <param name="value">The value.</param>
    public static void WriteComplex(Span<byte> bytes, int offset, Complex value)
    {
        WriteFloat(bytes, offset, value.Real);
        WriteFloat(bytes, offset + sizeof(double), value.Imaginary);
    }

    /// <summary>Reads a <c>Pose</c>.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    public static Pose ReadPose(ReadOnlySpan<byte> bytes, int offset)
    {
        ReadOnlySpan<byte> area = bytes.Slice(offset, PoseArea.Size);
        return new Pose(
            WireNumerics.ReadVector3(area, PoseArea.PositionOffset),
            WireNumerics.ReadQuaternion(area, PoseArea.QuaternionOffset, QuaternionOrder.Wxyz));
    }

    /// <summary>Writes a <c>Pose</c>.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    /// <param name="value">The value.</param>
    public static void WritePose(Span<byte> bytes, int offset, Pose value)
    {
        Span<byte> area = bytes.Slice(offset, PoseArea.Size);
        WireNumerics.WriteVector3(area, PoseArea.PositionOffset, value.Position);
        WireNumerics.WriteQuaternion(area, PoseArea.QuaternionOffset, value.Rotation, QuaternionOrder.Wxyz);
    }

    /// <summary>Reads a <c>str</c>.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    /// <param name="capacity">The capacity that the layout says (D - 1).</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedFormatException">The bytes are not UTF-8.</exception>
    [SkipLocalsInit]
    public static string ReadString(ReadOnlySpan<byte> bytes, int offset, int capacity, in CodecContext context, string? member = null)
    {
        // Decoding takes two passes, one to count and one to convert: they must see the same bytes, and what is read here may
        // still be shared memory.
        using SpanOwner<byte> owner = capacity < StackLimit ? SpanOwner<byte>.Empty : SpanOwner<byte>.Allocate(capacity + 1);
        Span<byte> copy = capacity < StackLimit ? stackalloc byte[capacity + 1] : owner.Span;
        bytes.Slice(offset + BytesArea.PayloadOffset, capacity + 1).CopyTo(copy);
        try
        {
            return WireText.Utf8.GetString(BytesArea.Payload(copy));
        }
        catch (DecoderFallbackException e)
        {
            throw Error.NotUtf8(context, member, e);
        }
    }

    /// <summary>
    /// Reads a <c>str</c> through <see cref="StringPool.Shared"/>: reading the same text over and over allocates nothing. Texts
    /// of more than <see cref="PooledTextLimit"/> bytes are not pooled, as the pool would keep each of them alive.
    /// </summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    /// <param name="capacity">The capacity that the layout says (D - 1).</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedFormatException">The bytes are not UTF-8.</exception>
    [SkipLocalsInit]
    public static string ReadPooledString(ReadOnlySpan<byte> bytes, int offset, int capacity, in CodecContext context, string? member = null)
    {
        // A copy first, as in ReadString.
        using SpanOwner<byte> owner = capacity < StackLimit ? SpanOwner<byte>.Empty : SpanOwner<byte>.Allocate(capacity + 1);
        Span<byte> copy = capacity < StackLimit ? stackalloc byte[capacity + 1] : owner.Span;
        bytes.Slice(offset + BytesArea.PayloadOffset, capacity + 1).CopyTo(copy);
        ReadOnlySpan<byte> payload = BytesArea.Payload(copy);
        try
        {
            return payload.Length > PooledTextLimit
                ? WireText.Utf8.GetString(payload)
                : StringPool.Shared.GetOrAdd(payload, WireText.Utf8);
        }
        catch (DecoderFallbackException e)
        {
            throw Error.NotUtf8(context, member, e);
        }
    }

    /// <summary>Writes a <c>str</c> that <see cref="CheckString"/> has passed.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    /// <param name="capacity">The capacity that the layout says (D - 1).</param>
    /// <param name="value">The value.</param>
    public static void WriteString(Span<byte> bytes, int offset, int capacity, string value)
    {
        Span<byte> area = bytes.Slice(offset + BytesArea.PayloadOffset, capacity + 1);
        int length = WireText.Utf8.GetBytes(value, area);
        area[length] = BytesArea.Terminator;
        area[(length + 1)..].Clear();
    }

    /// <summary>Checks that a text can be written as a <c>str</c> of the given capacity.</summary>
    /// <param name="value">The value.</param>
    /// <param name="capacity">The capacity that the layout says (D - 1), in bytes of UTF-8.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedValueException">The text is null, too long, or has a lone surrogate, which UTF-8 can't hold.</exception>
    public static void CheckString(string? value, int capacity, in CodecContext context, string? member = null)
    {
        if (value is null)
        {
            throw Error.ValueDoesNotFit(context, member, "a text", "null");
        }

        int length = Utf8Length(value, context.ObjectName, context.PathOf(member));
        if (length > capacity)
        {
            throw Error.TooLong(context, member, "bytes of UTF-8", capacity, length);
        }
    }

    /// <summary>Reads a <c>bytes</c> or <c>bytearray</c>.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    /// <param name="capacity">The capacity that the layout says (D - 1).</param>
    public static byte[] ReadBytes(ReadOnlySpan<byte> bytes, int offset, int capacity) => Payload(bytes, offset, capacity).ToArray();

    /// <summary>Writes a <c>bytes</c> or <c>bytearray</c> that <see cref="CheckBytes(ReadOnlySpan{byte}, int, in CodecContext, string?)"/> has passed.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    /// <param name="capacity">The capacity that the layout says (D - 1).</param>
    /// <param name="value">The value.</param>
    public static void WriteBytes(Span<byte> bytes, int offset, int capacity, ReadOnlySpan<byte> value) =>
        BytesArea.WritePayload(bytes.Slice(offset + BytesArea.PayloadOffset, capacity + 1), value);

    /// <summary>Checks that bytes can be written as a <c>bytes</c> or <c>bytearray</c> of the given capacity.</summary>
    /// <param name="value">The value.</param>
    /// <param name="capacity">The capacity that the layout says (D - 1).</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedValueException">The value is null or too long.</exception>
    public static void CheckBytes(byte[]? value, int capacity, in CodecContext context, string? member = null)
    {
        if (value is null)
        {
            throw Error.ValueDoesNotFit(context, member, "bytes", "null");
        }

        CheckBytes(value.AsSpan(), capacity, context, member);
    }

    /// <summary>Checks that bytes can be written as a <c>bytes</c> or <c>bytearray</c> of the given capacity.</summary>
    /// <param name="value">The value.</param>
    /// <param name="capacity">The capacity that the layout says (D - 1).</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedValueException">The value is too long.</exception>
    public static void CheckBytes(ReadOnlySpan<byte> value, int capacity, in CodecContext context, string? member = null)
    {
        if (value.Length > capacity)
        {
            throw Error.TooLong(context, member, "bytes", capacity, value.Length);
        }
    }

    /// <summary>Checks that a value that is a class is there.</summary>
    /// <param name="value">The value.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedValueException">The value is null.</exception>
    public static void CheckNotNull(object? value, in CodecContext context, string? member = null)
    {
        if (value is null)
        {
            throw Error.ValueDoesNotFit(context, member, "a value", "null");
        }
    }

    /// <summary>The payload of a bytes area.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area begins.</param>
    /// <param name="capacity">The capacity that the layout says (D - 1); what the bytes themselves say is not looked at.</param>
    public static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> bytes, int offset, int capacity) =>
        BytesArea.Payload(bytes.Slice(offset + BytesArea.PayloadOffset, capacity + 1));

    internal static float Narrow(double value, in CodecContext context, string? member)
    {
        float narrow = (float)value;
        return float.IsInfinity(narrow) && !double.IsInfinity(value)
            ? throw Error.OutOfRange(context, member, "a number in the range of a 32-bit float", value.ToString("R", Error.Culture))
            : narrow;
    }

    internal static int Utf8Length(string value, string objectName, string? member)
    {
        try
        {
            return WireText.Utf8.GetByteCount(value);
        }
        catch (EncoderFallbackException e)
        {
            throw Error.LoneSurrogate(objectName, member, e);
        }
    }
}
