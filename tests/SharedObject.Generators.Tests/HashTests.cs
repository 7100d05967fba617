using System.Linq;
using System.Text;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Tests.Schemas;
using SharedObjects.Wire;
using Xunit;

namespace SharedObjects.Generators.Tests;

/// <summary>The layout at run time, and the hash, worked out by hand from the runtime's documentation of it.</summary>
public class HashTests
{
    [Theory]
    [InlineData("", 0xCBF29CE484222325)]
    [InlineData("a", 0xAF63DC4C8601EC8C)] // the test vectors of FNV's authors
    [InlineData("foobar", 0x85944171F73967E8)]
    public void The_hash_is_FNV_1a(string text, ulong hash) => Assert.Equal(hash, Fnv.Hash(text));

    [Fact]
    public void The_hash_is_that_of_the_documented_text()
    {
        Assert.Equal(
            HashOf("{9:timestamp(100)=int,3:tcp(100)=Pose,4:qpos(100)=float64[7],4:mode(100)=str(100),2:ok(100)=bool}"),
            ArmState.Layout.Hash);
        Assert.Equal(HashOf("uint8[480,848,3]"), ColorImage.Layout.Hash);
        Assert.Equal(HashOf("{2:id(100)=int,4:wide(100)=float128[2]}"), Inner.Layout.Hash);
    }

    [Fact]
    public void The_members_are_where_the_runtime_has_them()
    {
        SchemaLayout layout = Everything.Layout;
        Assert.Equal(Everything.Codec.FixedLayout!.BufferSize, layout.BufferSize);
        var items = ((DictLayout)Everything.Codec.FixedLayout!.Value).Items;
        Assert.Equal(items.Length, layout.Members.Count);
        int offset = ObjectHeader.DataOffset + DictArea.ItemsOffset;
        foreach ((DictItem item, SchemaMember member) in items.Zip(layout.Members))
        {
            offset += 1 + item.Key.Layout.DataSize + 1;
            Assert.Equal((offset, item.Value.DataSize), (member.Offset, member.Size));
            Assert.Equal(item.Key.ToString(), $"'{member.Key}'");
            offset += item.Value.DataSize;
        }

        Assert.Equal(layout.BufferSize, offset);
    }

    [Fact]
    public void The_layout_can_be_read()
    {
        Assert.Same(ColorImage.Layout, ColorImage.Layout);
        Assert.Equal(
            $"1221162 bytes, hash {ColorImage.Layout.Hash:x16}\n         9    1221153  Pixels: ndarray uint8 (480, 848, 3)",
            ColorImage.Layout.ToString());
        Assert.Contains("\n       128          8  Timestamp \"timestamp\": int\n", ArmState.Layout.ToString(), System.StringComparison.Ordinal);
    }

    private static ulong HashOf(string text) =>
        Encoding.UTF8.GetBytes(text).Aggregate(0xCBF29CE484222325, (hash, item) => unchecked((hash ^ item) * 0x100000001B3));
}
