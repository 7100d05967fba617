using System.Collections.Generic;
using System.Linq;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Layout;

/// <summary>Where each member of a schema is. A pure function of the model: everything it needs is in the wire types.</summary>
internal static class LayoutCalculator
{
    /// <summary>
    /// The wire type of a schema's whole value: the dict of its members, or the only member's own type.
    /// </summary>
    internal static WireType WireTypeOf(SchemaKind kind, int initSize, IReadOnlyList<MemberModel> members) =>
        kind == SchemaKind.Value
            ? members[0].Value.Wire
            : new DictWire(members.SelectMany(member => ItemsOf(member, initSize)).ToImmutableEquatableArray());

    /// <summary>The size of an object that holds a value of the given type: Python's <c>buf_size</c>.</summary>
    internal static long BufferSizeOf(WireType value) => WireConstants.DataOffset + value.DataSize;

    /// <summary>
    /// The offsets of a schema whose size the parser has found to be at most <see cref="WireConstants.MaxBufferSize"/>.
    /// </summary>
    internal static SchemaLayout Compute(SchemaModel schema)
    {
        var places = new List<MemberPlace>(schema.Members.Count);
        if (schema.Wire is DictWire dict && schema.Kind == SchemaKind.Dict)
        {
            long item = WireConstants.DataOffset + WireConstants.SizeFieldSize;
            int i = 0;
            foreach (MemberModel member in schema.Members)
            {
                MemberPlace place = PlaceOf(member, item + dict.Items[i].ValueOffset);
                item += dict.Items[i++].Size;
                if (member.LengthKey is not null)
                {
                    place = place with { CounterOffset = checked((int)(item + dict.Items[i].ValueOffset)) };
                    item += dict.Items[i++].Size;
                }

                places.Add(place);
            }
        }
        else
        {
            places.Add(PlaceOf(schema.Members[0], WireConstants.DataOffset));
        }

        return new SchemaLayout(
            checked((int)BufferSizeOf(schema.Wire)), places.ToImmutableEquatableArray(), Fnv.Hash(schema.Wire.Canonical));
    }

    /// <summary>The place of each member of a group: alone, behind the header of an object of its own.</summary>
    internal static ImmutableEquatableArray<SchemaLayout> Compute(GroupModel group) => group.Members
        .Select(member => new SchemaLayout(
            checked((int)BufferSizeOf(member.Value.Wire)),
            new[] { PlaceOf(member, WireConstants.DataOffset) }.ToImmutableEquatableArray(),
            Fnv.Hash(member.Value.Wire.Canonical)))
        .ToImmutableEquatableArray();

    /// <summary>The member's item, and behind an array whose length varies the one with its length.</summary>
    private static IEnumerable<DictItemWire> ItemsOf(MemberModel member, int initSize)
    {
        yield return ItemOf(member.Key, member.Value.Wire, initSize);
        if (member.LengthKey is { } lengthKey)
        {
            yield return ItemOf(lengthKey, new ScalarWire(WireScalar.Int), initSize);
        }
    }

    private static DictItemWire ItemOf(string name, WireType value, int initSize)
    {
        long capacity = TextWire.CapacityFor(Utf8Text.Length(name) ?? 0, initSize);
        // A key beyond this can't be in an object anyway; the parser sees that by the object's size.
        var key = new TextWire(WireText.Str, (int)System.Math.Min(capacity, WireConstants.MaxBufferSize));
        return new DictItemWire(name, key, value);
    }

    private static MemberPlace PlaceOf(MemberModel member, long dataOffset)
    {
        WireType wire = member.Value.Wire;
        long valueOffset = wire is ArrayWire array ? dataOffset + array.ElementsOffset : dataOffset;
        return new MemberPlace(checked((int)dataOffset), checked((int)valueOffset), checked((int)wire.DataSize));
    }
}
