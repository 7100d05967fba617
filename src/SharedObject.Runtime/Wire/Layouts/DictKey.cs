using System;
using System.Text;

namespace SharedObjects.Wire;

/// <summary>A key of a dict's layout: its type, its capacity and its contents.</summary>
public sealed class DictKey : IEquatable<DictKey>
{
    internal DictKey(ValueLayout layout, ReadOnlyMemory<byte> data)
    {
        Layout = layout;
        Data = data;
    }

    /// <summary>The type and size of the key.</summary>
    public ValueLayout Layout { get; }

    /// <summary>The key's data area, as it stands on the wire.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>A <c>str</c> key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="initSize">The <c>init_size</c> that sets the key's capacity, by the same rule as for values.</param>
    public static DictKey Str(string key, int initSize = BytesArea.DefaultInitSize)
    {
        ArgumentNullException.ThrowIfNull(key);
        byte[] payload = WireText.Utf8.GetBytes(key);
        var layout = new BytesLayout(WireTag.Str, BytesArea.CapacityFor(payload.Length, initSize));
        byte[] data = new byte[layout.DataSize];
        BytesArea.Write(data, payload);
        return new DictKey(layout, data);
    }

    /// <summary>Two keys are equal when they have the same type, the same size and the same contents.</summary>
    /// <param name="other">The other key.</param>
    public bool Equals(DictKey? other) =>
        other is not null && Layout.DifferenceFrom(other.Layout, compareKeys: true) is null && Contents.SequenceEqual(other.Contents);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DictKey);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Layout.Tag);
        hash.AddBytes(Contents);
        return hash.ToHashCode();
    }

    /// <summary>The key as Python would print it, such as <c>'qpos'</c>.</summary>
    public override string ToString() => Layout.Tag switch
    {
        WireTag.Str => $"'{Encoding.UTF8.GetString(Contents)}'", // lossy on purpose: this is for people
        WireTag.Bytes => $"b'{Encoding.Latin1.GetString(Contents)}'",
        _ => UntypedValue.Read(Layout, Data.Span, default) is { } value
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value}")
            : "None",
    };

    internal string Describe() => Layout is BytesLayout bytes ? $"{this} (capacity {bytes.Capacity})" : $"{this} ({Layout})";

    // Of a bytes-like key only the payload counts: the terminator's value and what pads it carry no meaning.
    private ReadOnlySpan<byte> Contents => Layout is BytesLayout
        ? BytesArea.Payload(Data.Span[BytesArea.PayloadOffset..])
        : Data.Span;
}
