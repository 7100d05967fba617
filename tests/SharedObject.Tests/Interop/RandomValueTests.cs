using System;
using System.Collections.Generic;
using CsCheck;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Interop;

/// <summary>Random values of every type and shape: what one side writes, the other reads to the last bit.</summary>
public sealed class RandomValueTests(PeerFixture fixture) : PeerTest(fixture)
{
    private const int Cases = 400;
    private int _count;

    /// <remarks>A failure names CsCheck's seed; set it as the environment variable CsCheck_Seed to see that case alone.</remarks>
    [Fact]
    public void A_random_value_crosses_in_both_directions()
    {
        var kinds = new HashSet<Type?>();
        WireGen.Value.Sample(
            value =>
            {
                kinds.Add(value?.GetType());
                Cross(value, Name($"{_count++}"));
            },
            iter: Cases,
            threads: 1, // there is one Python process
            print: value => JsonForm.Write(value).ToJsonString());
        if (Environment.GetEnvironmentVariable("CsCheck_Seed") is null)
        {
            Assert.Equal(14, kinds.Count); // of every type there was one
        }
    }

    private void Cross(object? value, string name)
    {
        string python = name + "p";
        try
        {
            using SharedObject<object?> made = value is null
                ? SharedObject.OpenOrCreate<object?>(name, initial: null)
                : SharedObject.Create<object?>(name, value);
            Peer.Open("c", name);
            AssertSame(value, Peer.Fetch("c"), "made by C#, read by Python");
            Peer.Assign("c", value); // writes what it read: the bytes are then Python's
            AssertSame(value, made.Fetch(), "assigned by Python, read by C#");

            Peer.Open("p", python, value);
            using SharedObject<object?> mounted = SharedObject.OpenAny(python);
            AssertSame(value, mounted.Fetch(), "made by Python, read by C#");
            mounted.Assign(value);
            AssertSame(value, Peer.Fetch("p"), "assigned by C#, read by Python");

            // And not only do both understand it: they lay it out alike.
            Assert.Equal(
                Convert.ToHexString(ObjectBytes.Of(mounted).AsSpan(8)), Convert.ToHexString(ObjectBytes.Of(made).AsSpan(8)));
            Close("c");
            Close("p");
        }
        finally
        {
            SharedObject.Unlink(name);
            SharedObject.Unlink(python);
        }
    }
}
