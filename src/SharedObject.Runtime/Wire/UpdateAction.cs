using System;

namespace SharedObjects.Wire;

/// <summary>Changes an object's bytes: what a generated <c>Update(writer => …)</c> hands to the runtime.</summary>
/// <typeparam name="TState">What the action needs.</typeparam>
/// <param name="bytes">The object, from its first byte on; valid during the call only. The stamp in its first eight bytes is not the action's.</param>
/// <param name="context">The object.</param>
/// <param name="state">What the action needs.</param>
public delegate void UpdateAction<in TState>(Span<byte> bytes, in CodecContext context, TState state);
