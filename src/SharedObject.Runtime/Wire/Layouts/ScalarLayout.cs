using System;
using System.Buffers.Binary;

namespace SharedObjects.Wire;

/// <summary>The layout of a value whose type alone says how many bytes it has: None, bool, int, float, complex, Pose.</summary>
public sealed class ScalarLayout : ValueLayout
{
    internal ScalarLayout(WireTag tag)
        : base(tag, SizeOf(tag))
    {
    }

    /// <inheritdoc/>
    public override string ToString() => Tag switch
    {
        WireTag.None => "None",
        WireTag.Bool => "bool",
        WireTag.Int => "int",
        WireTag.Float => "float",
        WireTag.Complex => "complex",
        _ => "Pose",
    };

    internal override void WriteInitialValue(Span<byte> data)
    {
        if (Tag == WireTag.Pose)
        {
            BinaryPrimitives.WriteSingleLittleEndian(data[PoseArea.QuaternionOffset..], 1f); // w of the identity
        }
    }

    internal override void AppendFixed(FixedPartsBuilder parts) => parts.Skip(DataSize);

    private protected override string? DifferenceFromSameTag(ValueLayout found, bool compareKeys) => null;

    private static int SizeOf(WireTag tag) => tag switch
    {
        WireTag.None => 0,
        WireTag.Bool => 1,
        WireTag.Int or WireTag.Float => 8,
        WireTag.Complex => 16,
        WireTag.Pose => PoseArea.Size,
        _ => throw new ArgumentOutOfRangeException(nameof(tag), tag, null),
    };
}
