using System;

namespace SharedObjects.Wire;

/// <summary>Looks at an object's bytes: what a generated <c>Fetch(view => …)</c> hands to the runtime.</summary>
/// <typeparam name="TState">What the function needs.</typeparam>
/// <typeparam name="TResult">What it finds out.</typeparam>
/// <param name="bytes">The object, from its first byte on; valid during the call only.</param>
/// <param name="context">The object.</param>
/// <param name="state">What the function needs.</param>
public delegate TResult ViewFunction<in TState, out TResult>(ReadOnlySpan<byte> bytes, in CodecContext context, TState state);
