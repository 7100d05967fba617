using System.Globalization;
using System.Linq;
using SharedObjects.Objects;
using SharedObjects.Wire;

namespace SharedObjects.Bridging.Tests.Support;

/// <summary>A message with an object, as another bridge would send it, and with what is to be wrong with it.</summary>
internal sealed record ObjectMessage(byte[] Payload)
{
    internal ulong Origin { get; init; } = 0x1234_5678_9abc_def0;

    internal ulong Sequence { get; init; } = 1;

    internal ulong Mtime { get; init; } = 1_000_000;

    /// <summary>Properties that are other ones, none (null), or more than they should be.</summary>
    internal (string Name, string? Value)[] Instead { get; init; } = [];

    internal string OriginText => OriginTextOf(Origin);

    internal static string OriginTextOf(ulong origin) => origin.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The bytes of the object of this host that has the name, without its trailer.</summary>
    internal static byte[] BytesOf(string name)
    {
        byte[] segment = System.IO.File.ReadAllBytes("/dev/shm/" + name);
        return segment[..LayoutParser.Parse(segment, out _)!.BufferSize];
    }

    /// <summary>The bytes of an object with this value.</summary>
    internal static byte[] BytesOf<T>(string scratch, T value)
    {
        using SharedObject<T> made = SharedObject.Create(scratch, value);
        byte[] bytes = BytesOf(scratch);
        made.Unlink();
        return bytes;
    }

    internal (string Name, string Value)[] Properties()
    {
        ulong hash = RawBytes.Parse(Payload, out _) is { } layout ? layout.FixedParts.Hash(layout.BufferSize) : 0;
        (string Name, string? Value)[] usual =
        [
            ("v", "1"),
            ("origin", OriginText),
            ("seq", Sequence.ToString(CultureInfo.InvariantCulture)),
            ("mtime", Mtime.ToString(CultureInfo.InvariantCulture)),
            ("schema", hash.ToString("x16", CultureInfo.InvariantCulture)),
        ];
        return [.. usual.Where(property => !Instead.Any(other => other.Name == property.Name)).Concat(Instead)
            .Where(property => property.Value is not null).Select(property => (property.Name, property.Value!))];
    }

    internal void Send(TestClient client, string topic) => client.Send(topic, Payload, retain: false, Properties());
}
