using System;
using SharedObjects.Wire;

namespace SharedObjects.Objects;

/// <summary>Fills in the first value of an object that is just being made.</summary>
internal delegate void ObjectWriter<in TState>(Span<byte> bytes, in CodecContext context, TState state)
    where TState : allows ref struct;
