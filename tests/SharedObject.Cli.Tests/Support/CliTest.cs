using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Cli.Support;

/// <summary>The base of tests of the tool, with a Python process beside it.</summary>
public abstract class CliTest(PeerFixture fixture) : SegmentTest, IClassFixture<PeerFixture>
{
    internal PythonPeer Peer => fixture.Peer;

    private protected static ToolResult Run(params string[] arguments) => RunningTool.Run(arguments);

    /// <summary>Makes an object as C# programs do.</summary>
    private protected string Make(string label, object? value)
    {
        SharedObject.Create(Name(label), value).Dispose();
        return Name(label);
    }

    /// <summary>Makes an object as an unmodified real_robot process does.</summary>
    private protected string MakePlain(string label, object? value, string stopAfter = "assign")
    {
        Peer.Run("plain_create", ("name", Name(label)), ("value", JsonForm.Write(value)), ("stop_after", stopAfter));
        return Name(label);
    }

    private protected static object? Value(string name)
    {
        using SharedObject<object?> opened = SharedObject.OpenAny(name, new SharedObjectOptions { Adopt = false });
        return opened.Fetch();
    }
}
