using System.Linq;
using SharedObjects.Wire;

namespace SharedObjects.Tests.Interop;

/// <summary>Every type of the wire, untyped, between this process and a Python one, made by either.</summary>
public sealed class EveryTypeTests(PeerFixture fixture) : PeerTest(fixture)
{
    public static TheoryData<string> PlainNames => [.. WireSample.Plain.Select(sample => sample.Name)];

    public static TheoryData<string> AllNames => [.. WireSample.Plain.Concat(WireSample.Others).Select(sample => sample.Name)];

    public static TheoryData<DType> ElementTypes => [.. Enumerable.Range(0, DTypes.Count).Select(i => (DType)i)];

    [Fact]
    public void There_are_sixteen_element_types() => Assert.Equal(16, DTypes.Count);

    [Theory]
    [MemberData(nameof(AllNames))]
    public void What_CSharp_makes_Python_reads_and_assigns(string sample) => CSharpMakes(Find(sample), Name());

    [Theory]
    [MemberData(nameof(AllNames))]
    public void What_Python_makes_CSharp_reads_and_assigns(string sample) => PythonMakes(Find(sample), Name());

    [Theory]
    [MemberData(nameof(AllNames))]
    public void Publish_overwrites_what_Python_made_and_Python_overwrites_what_was_published(string sampleName)
    {
        WireSample sample = Find(sampleName);
        Peer.Open("made", Name("a"), sample.First);
        using SharedObject<object?> published = SharedObject.Publish(Name("a"), sample.Second);
        AssertSame(sample.Second, Peer.Fetch("made"), "Python after Publish");

        using SharedObject<object?> first = SharedObject.Publish(Name("b"), sample.First);
        Peer.Open("over", Name("b"), sample.Second);
        AssertSame(sample.Second, first.Fetch(), "C# after Python's SharedObject(name, data=...)");
        Close("made");
        Close("over");
    }

    [Theory]
    [MemberData(nameof(ElementTypes))]
    public void Arrays_of_every_rank_that_CSharp_makes_Python_reads_and_assigns(DType dtype)
    {
        foreach ((int index, WireSample sample) in WireSample.ArraysOf(dtype).Index())
        {
            CSharpMakes(sample, Name($"{index}"));
        }
    }

    [Theory]
    [MemberData(nameof(ElementTypes))]
    public void Arrays_of_every_rank_that_Python_makes_CSharp_reads_and_assigns(DType dtype)
    {
        foreach ((int index, WireSample sample) in WireSample.ArraysOf(dtype).Index())
        {
            PythonMakes(sample, Name($"{index}"));
        }
    }

    [Theory]
    [MemberData(nameof(PlainNames))]
    public void What_CSharp_makes_a_seed_like_process_reads_and_assigns(string sample) => CSharpMakesForPlain(Find(sample), Name());

    [Theory]
    [MemberData(nameof(PlainNames))]
    public void What_a_seed_like_process_makes_CSharp_reads_and_assigns(string sample) => PlainMakes(Find(sample), Name());

    [Theory]
    [MemberData(nameof(ElementTypes))]
    public void Arrays_go_between_CSharp_and_a_seed_like_process_in_both_orders_of_creation(DType dtype)
    {
        foreach ((int index, WireSample sample) in WireSample.ArraysOf(dtype).Index())
        {
            CSharpMakesForPlain(sample, Name($"c{index}"));
            PlainMakes(sample, Name($"p{index}"));
        }
    }

    private static WireSample Find(string name) => WireSample.Plain.Concat(WireSample.Others).Single(sample => sample.Name == name);

    private void CSharpMakes(WireSample sample, string name)
    {
        using SharedObject<object?> here = SharedObject.Create(name, sample.First);
        Peer.Open("there", name);
        AssertSame(sample.First, Peer.Fetch("there"), $"{sample.Name}, as made by C#");
        Peer.Assign("there", sample.Second);
        AssertSame(sample.Second, here.Fetch(), $"{sample.Name}, as assigned by Python");
        here.Assign(sample.First);
        AssertSame(sample.First, Peer.Fetch("there"), $"{sample.Name}, as assigned by C#");
        Close("there");
    }

    private void PythonMakes(WireSample sample, string name)
    {
        Peer.Open("there", name, sample.First);
        using SharedObject<object?> here = SharedObject.OpenAny(name);
        AssertSame(sample.First, here.Fetch(), $"{sample.Name}, as made by Python");
        here.Assign(sample.Second);
        AssertSame(sample.Second, Peer.Fetch("there"), $"{sample.Name}, as assigned by C#");
        Peer.Assign("there", sample.First);
        AssertSame(sample.First, here.Fetch(), $"{sample.Name}, as assigned by Python");
        Close("there");
    }

    private void CSharpMakesForPlain(WireSample sample, string name)
    {
        using SharedObject<object?> here = SharedObject.Create(name, sample.First);
        AssertSame(sample.First, PlainFetch(name), $"{sample.Name}, as made by C#");
        PlainAssign(name, sample.Second);
        AssertSame(sample.Second, here.Fetch(), $"{sample.Name}, as assigned by the seed-like process");
        here.Assign(sample.First);
        AssertSame(sample.First, PlainFetch(name), $"{sample.Name}, as assigned by C#");
    }

    private void PlainMakes(WireSample sample, string name)
    {
        PlainCreate(name, sample.First);
        using SharedObject<object?> here = SharedObject.OpenAny(name);
        AssertSame(sample.First, here.Fetch(), $"{sample.Name}, as made by the seed-like process");
        here.Assign(sample.Second);
        AssertSame(sample.Second, PlainFetch(name), $"{sample.Name}, as assigned by C#");
        PlainAssign(name, sample.First);
        AssertSame(sample.First, here.Fetch(), $"{sample.Name}, as assigned by the seed-like process");
    }
}
