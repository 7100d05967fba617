using System;
using System.Text.Json.Nodes;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Interop;

/// <summary>The base of tests against the Python process of their class.</summary>
public abstract class PeerTest(PeerFixture fixture) : SegmentTest, IClassFixture<PeerFixture>
{
    internal PythonPeer Peer => fixture.Peer;

    /// <summary>Assigns as an unmodified real_robot process does.</summary>
    private protected void PlainAssign(string name, object? value) =>
        Peer.Run("plain_assign", ("name", name), ("value", JsonForm.Write(value)));

    private protected void PlainCreate(string name, object? value, string stopAfter = "assign") =>
        Peer.Run("plain_create", ("name", name), ("value", JsonForm.Write(value)), ("stop_after", stopAfter));

    private protected object? PlainFetch(string name) => JsonForm.Read(Peer.Run("plain_fetch", ("name", name))!);

    private protected void Close(string handle) => Peer.Run("close", ("handle", handle));

    private protected static void AssertSame(object? expected, object? actual, string what = "")
    {
        if (!JsonForm.SameBits(expected, actual))
        {
            Assert.Fail($"{what}: expected {Describe(expected)}, found {Describe(actual)}");
        }
    }

    private static string Describe(object? value)
    {
        string text = JsonForm.Write(value) is JsonNode node ? node.ToJsonString() : "null";
        return text.Length < 2000 ? text : string.Concat(text.AsSpan(0, 2000), "...");
    }
}
