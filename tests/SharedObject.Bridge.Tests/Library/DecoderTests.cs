using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using CsCheck;
using MQTTnet.Packets;
using SharedObjects.Bridging.Publishing;
using SharedObjects.Bridging.Receiving;
using SharedObjects.Bridging.Wire;

namespace SharedObjects.Bridging.Tests.Library;

/// <summary>What strangers may send: whatever it is, it is understood or refused, and nothing else happens.</summary>
public sealed class DecoderTests
{
    private static readonly string[] s_names = ["v", "origin", "seq", "mtime", "schema", "encoding", "length", "x"];

    private static readonly (string Name, string Value)[] s_good =
        [("v", "1"), ("origin", "00000000000000ff"), ("seq", "7"), ("mtime", "123"), ("schema", "0123456789abcdef")];

    [Fact]
    public void Properties_are_read()
    {
        Envelope envelope = Parse(s_good, out _)!.Value;

        Assert.Equal(new Envelope(0xff, 7, 123, 0x0123456789abcdef, 50, IsCompressed: false), envelope);
    }

    [Fact]
    public void Those_that_are_not_known_are_passed_over() => Assert.NotNull(Parse([.. s_good, ("more", "x"), ("more", "y")], out _));

    [Fact]
    public void Compressed_ones_say_how_long_they_were() =>
        Assert.Equal((9000, true), Parse([.. s_good, ("encoding", "zstd"), ("length", "9000")], out _) is { } envelope ? (envelope.Length, envelope.IsCompressed) : default);

    [Theory]
    [InlineData("v", "2")]
    [InlineData("v", null)]
    [InlineData("origin", "ff")]
    [InlineData("origin", "00000000000000fg")]
    [InlineData("origin", null)]
    [InlineData("seq", "-1")]
    [InlineData("seq", "+1")]
    [InlineData("seq", "1 ")]
    [InlineData("seq", "")]
    [InlineData("seq", "18446744073709551616")]
    [InlineData("seq", null)]
    [InlineData("mtime", "1.5")]
    [InlineData("mtime", null)]
    [InlineData("schema", "0x23456789abcdef")]
    [InlineData("schema", null)]
    [InlineData("encoding", "zstd")] // without a length
    [InlineData("encoding", "gzip")]
    [InlineData("length", "5")] // without an encoding
    public void Properties_that_are_wrong_are_refused_and_named(string name, string? value)
    {
        var properties = s_good.Where(property => property.Name != name).ToList();
        if (value is not null)
        {
            properties.Add((name, value));
        }

        Assert.Null(Parse([.. properties], out string? problem));
        Assert.Contains("property", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2147483648")]
    [InlineData("99999999999999")]
    public void A_length_beyond_all_objects_is_refused(string length) => Assert.Null(Parse([.. s_good, ("encoding", "zstd"), ("length", length)], out _));

    [Fact]
    public void A_property_twice_is_refused() => Assert.Null(Parse([.. s_good, ("seq", "8")], out _));

    [Fact]
    public void Any_properties_are_understood_or_refused() =>
        Gen.Select(Gen.Int[0, 7].Select(i => s_names[i]), Gen.Byte.Array[0, 20]).List[0, 9].Sample(properties =>
        {
            List<MqttUserProperty> all = [.. properties.Select(property => new MqttUserProperty(property.Item1, property.Item2.AsMemory()))];
            Assert.True(Envelope.Parse(all, 50, out string? problem) is null == problem is not null);
        });

    [Fact]
    public void What_is_written_is_read()
    {
        var writer = new EnvelopeWriter(0xabc);
        Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong, Gen.Int[0, int.MaxValue].Nullable()).Sample((sequence, mtime, hash, length) =>
        {
            Envelope? read = Envelope.Parse(writer.Write(sequence, mtime, EnvelopeWriter.Layout(hash), length), 50, out _);
            Assert.Equal(new Envelope(0xabc, sequence, mtime, hash, length ?? 50, length is not null), read);
        }, threads: 1); // a writer has one message at a time
    }

    [Fact]
    public void Receipts_come_back()
    {
        Gen.Select(Gen.ULong, Gen.Dictionary(Gen.String[Gen.Char['a', 'ÿ'], 1, 60], Gen.ULong)[0, 30]).Sample((receiver, entries) =>
        {
            var output = new ArrayBufferWriter<byte>();
            Receipt.Write(output, receiver, entries);
            List<KeyValuePair<string, ulong>>? read = Receipt.Parse(output.WrittenSpan, out ulong from);
            Assert.Equal(receiver, from);
            Assert.Equal(entries.OrderBy(entry => entry.Key, StringComparer.Ordinal), read!.OrderBy(entry => entry.Key, StringComparer.Ordinal));
            if (output.WrittenCount > 8)
            {
                Assert.Null(Receipt.Parse(output.WrittenSpan[..^1], out _));
            }
        });
    }

    [Fact]
    public void Any_bytes_are_a_receipt_or_none() => Gen.Byte.Array[0, 200].Sample(bytes => Receipt.Parse(bytes, out _) is null or { Count: <= 20 });

    [Fact]
    public void Presences_come_back()
    {
        var presence = new Presence("a \"host\"", 5, ["a*"], ["b*", "c"], 9);

        Presence read = Presence.Parse(new ReadOnlySequence<byte>(presence.ToBytes()))!;

        Assert.Equal(("a \"host\"", 5UL, 9L), (read.Host, read.Since, read.MaxSize));
        Assert.Equal(["a*"], read.Publish);
        Assert.Equal(["b*", "c"], read.Subscribe);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("""{"v":2,"host":"h","since":1,"publish":[],"subscribe":[],"max_size":1}""")]
    [InlineData("""{"v":1,"host":"","since":1,"publish":[],"subscribe":[],"max_size":1}""")]
    [InlineData("""{"v":1,"host":5,"since":1,"publish":[],"subscribe":[],"max_size":1}""")]
    [InlineData("""{"v":1,"host":"h","since":-1,"publish":[],"subscribe":[],"max_size":1}""")]
    [InlineData("""{"v":1,"host":"h","since":1,"publish":[null],"subscribe":[],"max_size":1}""")]
    [InlineData("""{"v":1,"host":"h","since":1,"publish":{},"subscribe":[],"max_size":1}""")]
    [InlineData("""{"v":1,"host":"h","since":1,"publish":[[[[[[]]]]]],"subscribe":[],"max_size":1}""")]
    public void What_is_no_presence_is_refused(string text) => Assert.Null(Presence.Parse(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text))));

    [Fact]
    public void A_presence_too_long_is_refused() =>
        Assert.Null(Presence.Parse(new ReadOnlySequence<byte>(new Presence("h", 1, [new string('a', 100_000)], [], 1).ToBytes())));

    [Fact]
    public void What_was_packed_is_unpacked_to_its_length_and_to_no_other()
    {
        byte[] value = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i / 100))];
        byte[] packed = new Packer().TryPack(value)!.Value.ToArray();
        var unpacker = new Unpacker();

        Assert.True(packed.Length < 500);
        Assert.Null(unpacker.TryUnpack(packed, 4999));
        Assert.Null(unpacker.TryUnpack(packed, 5001));
        Assert.Null(unpacker.TryUnpack(packed.AsSpan(0, packed.Length - 1), 5000));
        Assert.Equal(value, unpacker.TryUnpack(packed, 5000));
    }

    [Fact]
    public void What_does_not_get_smaller_is_left_as_it_is()
    {
        byte[] noise = new byte[1000];
        new Random(1).NextBytes(noise);

        Assert.Null(new Packer().TryPack(noise));
        Assert.Null(new Packer().TryPack([1, 2, 3]));
    }

    [Fact]
    public void Any_bytes_are_unpacked_or_refused()
    {
        var unpacker = new Unpacker();
        byte[] packed = new Packer().TryPack(new byte[3000])!.Value.ToArray();
        Gen.Select(Gen.Int[0, packed.Length - 1], Gen.Byte).Sample((at, value) =>
        {
            byte[] changed = [.. packed];
            changed[at] = value;
            Assert.True(unpacker.TryUnpack(changed, 3000) is null or { Length: 3000 });
        }, threads: 1);
        Assert.NotNull(unpacker.TryUnpack(packed, 3000)); // it goes on after all that
    }

    private static Envelope? Parse((string Name, string Value)[] properties, out string? problem) =>
        Envelope.Parse([.. properties.Select(property => new MqttUserProperty(property.Name, Encoding.UTF8.GetBytes(property.Value)))], 50, out problem);
}
