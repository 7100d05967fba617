using System.Text.Json.Nodes;
using CsCheck;
using SharedObjects.Hunt;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Schemas;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Dynamic;

/// <summary>Dynamic objects between C# and our Python package: peer command <c>open_dynamic handle name [data]</c>.</summary>
public sealed class PythonTests(PeerFixture fixture) : PeerTest(fixture)
{
    private const int Cases = 300;

    [Fact]
    public void Values_of_every_type_cross_in_both_directions_through_one_object()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name());
        OpenDynamic("p", Name());
        foreach (WireSample sample in WireSample.Plain)
        {
            Cross(handle, sample.First, sample.Name);
            Cross(handle, sample.Second, sample.Name);
        }

        foreach (WireSample sample in WireSample.Others)
        {
            Cross(handle, sample.First, sample.Name);
            Cross(handle, sample.Second, sample.Name);
        }

        Close("p");
    }

    /// <remarks>A failure names CsCheck's seed; set it as the environment variable CsCheck_Seed to see that case alone.</remarks>
    [Fact]
    public void Random_values_do()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name());
        OpenDynamic("p", Name());
        WireGen.Value.Sample(
            value => Cross(handle, value, "random"), iter: Cases, threads: 1, print: value => JsonForm.Write(value).ToJsonString());
        Close("p");
    }

    [Fact]
    public void What_Python_makes_and_lets_grow_is_followed()
    {
        OpenDynamic("p", Name(), 1L);
        using SharedDynamicObject handle = SharedDynamicObject.Open(Name());
        using SharedDynamicObject readOnly = SharedDynamicObject.Open(Name(), new SharedObjectOptions { ReadOnly = true });
        Assert.Equal(1L, handle.Fetch());
        for (int number = 1, size = 10; size < 3_000_000; number++, size *= 2)
        {
            object value = Certified.Make(number, size);
            Peer.Assign("p", value);
            Assert.True(handle.Modified);
            AssertSame(value, handle.Fetch(), $"assigned by Python, {size}");
            AssertSame(value, readOnly.Fetch(), $"read only, {size}");
            handle.Assign(number);
            Assert.Equal((long)number, Peer.Fetch("p"));
        }

        Close("p");
    }

    [Fact]
    public void What_Python_writes_is_read_by_a_schema_whatever_room_it_has()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name());
        OpenDynamic("p", Name());
        var point = new SharedDict { ["x"] = 1.5, ["y"] = -2.0 };
        var scene = new SharedDict
        {
            ["stamp"] = 7L, ["name"] = "cup", ["corners"] = SharedList.Create(point, point), ["cells"] = SharedSet.Create(SharedTuple.Create(1L, "a")),
        };
        Peer.Assign("p", scene);
        Found found = handle.Fetch(Found.Codec);
        Assert.Equal(new Found(7, "cup", [new Point(1.5, -2), new Point(1.5, -2)], [(1, "a")]), found);
        Assert.False(handle.Modified);
        AssertSame(scene, handle.Fetch());
        handle.Assign(found, Found.Codec);
        AssertSame(scene, Peer.Fetch("p"));

        foreach ((string key, object? other) in new (string, object?)[]
            { ("name", new string('x', 101)), ("corners", SharedList.Create(point, point, point)), ("stamp", 1.0), ("cells", SharedSet.Create("a")) })
        {
            var misfit = new SharedDict { ["stamp"] = 7L, ["name"] = "", ["corners"] = SharedList.Empty, ["cells"] = SharedSet.Empty };
            misfit[key] = other;
            Peer.Assign("p", misfit);
            Assert.Throws<SharedSchemaException>(() => handle.Fetch(Found.Codec));
        }

        Peer.Assign("p", new SharedDict { ["stamp"] = 7L, ["named"] = "", ["corners"] = SharedList.Empty, ["cells"] = SharedSet.Empty });
        Assert.Contains("named", Assert.Throws<SharedSchemaException>(() => handle.Fetch(Found.Codec)).Message, System.StringComparison.Ordinal);
        Assert.True(handle.Modified);
        Close("p");
    }

    [Fact]
    public void Triggers_and_news_cross_too()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), "x");
        OpenDynamic("p", Name());
        Assert.False(Peer.Modified("p"));
        handle.Trigger();
        Assert.True(Peer.Triggered("p"));
        Peer.Trigger("p");
        Assert.True(handle.Triggered);
        AssertSame("x", handle.Fetch());
        handle.Assign(new byte[200_000]);
        Assert.True(Peer.Modified("p"));
        AssertSame(new byte[200_000], Peer.Fetch("p"));
        Assert.False(Peer.Modified("p"));
        Close("p");
    }

    [Fact]
    public void A_torn_value_is_torn_for_both_until_either_writes()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), "x");
        OpenDynamic("p", Name());
        foreach (bool byPython in new[] { true, false })
        {
            using (var raw = new LockFree.RawSegment(Name(), DynamicTest.FixedSize))
            {
                raw.Die(DynamicTest.Value, 200);
            }

            Assert.Throws<SharedTornException>(() => handle.Fetch());
            Assert.True(Assert.Throws<PythonException>(() => Peer.Fetch("p")).Is("TornError"));
            if (byPython)
            {
                Peer.Assign("p", "y");
            }
            else
            {
                handle.Assign("y");
            }

            Assert.Equal("y", handle.Fetch());
            AssertSame("y", Peer.Fetch("p"));
        }

        Close("p");
    }

    [Fact]
    public void The_ordinary_handles_of_Python_refuse_it()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), "x");
        PythonException e = Assert.Throws<PythonException>(() => Peer.Open("o", Name()));
        Assert.Contains("SharedDynamicObject", e.Message, System.StringComparison.Ordinal);
        using SharedObject<double> ordinary = SharedObject.Create(Name("o"), 1.5);
        Assert.Throws<PythonException>(() => OpenDynamic("o", Name("o")));
    }

    private void OpenDynamic(string handle, string name, object? data = null)
    {
        if (data is null)
        {
            Peer.Run("open_dynamic", ("handle", handle), ("name", name));
        }
        else
        {
            Peer.Run("open_dynamic", ("handle", handle), ("name", name), ("data", (JsonNode?)JsonForm.Write(data)));
        }
    }

    private void Cross(SharedDynamicObject handle, object? value, string what)
    {
        handle.Assign(value);
        AssertSame(value, Peer.Fetch("p"), $"{what}: assigned by C#, read by Python");
        Peer.Assign("p", value);
        Assert.True(handle.Modified);
        AssertSame(value, handle.Fetch(), $"{what}: assigned by Python, read by C#");
    }
}
