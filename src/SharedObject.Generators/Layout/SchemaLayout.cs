using SharedObjects.Generators.Helpers;

namespace SharedObjects.Generators.Layout;

/// <summary>The offsets of a schema, all counted from the object's first byte.</summary>
/// <param name="BufferSize">The size of the object, header included.</param>
/// <param name="Places">The place of each member, in the order of the members.</param>
/// <param name="Hash">The hash of all that the layout depends on, as the runtime's <c>SchemaLayout</c> documents it.</param>
internal sealed record SchemaLayout(int BufferSize, ImmutableEquatableArray<MemberPlace> Places, ulong Hash);

/// <summary>Where a member is.</summary>
/// <param name="DataOffset">Where its data area begins: the byte after the tag.</param>
/// <param name="ValueOffset">An ndarray's first element; for all other types the data area.</param>
/// <param name="DataSize">The size of the data area.</param>
/// <param name="CounterOffset">The data area of the int that says how many rows an array has; 0 for all other members.</param>
internal sealed record MemberPlace(int DataOffset, int ValueOffset, int DataSize, int CounterOffset = 0);
