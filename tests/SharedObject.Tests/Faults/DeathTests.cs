using SharedObjects.Tests.Interop;
using SharedObjects.Tests.LockFree;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Faults;

/// <summary>Several deaths, triggers and repairs of one object in turn; real deaths at random moments are those of the stress program.</summary>
public sealed class DeathTests(PeerFixture fixture) : PeerTest(fixture)
{
    [Fact]
    public void A_writer_dies_Python_triggers_another_dies_and_Python_assigns()
    {
        double[] old = Values(1);
        using SharedObject<double[]> handle = SharedObject.Create(Name(), old);
        using SharedObject<double[]> readOnly = SharedObject.Open<double[]>(Name(), new SharedObjectOptions { ReadOnly = true });
        Peer.Open("python", Name());
        using var raw = new RawSegment(Name(), Made.ArraySize(8 * old.Length));

        raw.Die(Made.Elements, Made.Double(2));
        AllSayTorn();
        Peer.Run("plain_trigger", ("name", Name()));
        AllSayTorn();
        raw.Die(Made.Elements, Made.Double(3));
        AllSayTorn();
        Peer.Run("plain_trigger", ("name", Name()));
        AllSayTorn();

        PlainAssign(Name(), NDArray.Create<double>(Values(4), old.Length));
        Assert.Equal(Values(4), handle.Fetch());
        Assert.Equal(Values(4), readOnly.Fetch());
        AssertSame(NDArray.Create<double>(Values(4), old.Length), Peer.Fetch("python"));

        raw.Die(Made.Elements, Made.Double(5));
        AllSayTorn();
        Assert.True(handle.AcceptTorn()); // "as it is": the first of the new, the rest of the old
        Assert.Equal([5, 4, 4], handle.Fetch()[..3]);
        Assert.Equal([5, 4, 4], readOnly.Fetch()[..3]);
        Assert.False(handle.AcceptTorn());

        void AllSayTorn()
        {
            Assert.Throws<SharedTornException>(() => handle.Fetch());
            Assert.False(handle.TryFetch(out _));
            Assert.Throws<SharedTornException>(() => readOnly.Fetch());
            Assert.True(Assert.Throws<PythonException>(() => Peer.Fetch("python")).Is("TornError"));
        }
    }

    private static double[] Values(double value)
    {
        double[] values = new double[20];
        System.Array.Fill(values, value);
        return values;
    }
}
