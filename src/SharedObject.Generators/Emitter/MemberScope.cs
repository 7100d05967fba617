namespace SharedObjects.Generators.Emitter;

/// <summary>How the source around a member's pieces calls what they work with.</summary>
/// <param name="Bytes">The object's bytes.</param>
/// <param name="Constants">What stands before the codec's constants.</param>
/// <param name="Context">The codec's context.</param>
/// <param name="Value">The member's value, where it is written.</param>
internal sealed record MemberScope(string Bytes, string Constants, string Context, string Value)
{
    /// <summary>Inside a codec, whose parameters have these names.</summary>
    internal static MemberScope OfCodec(string value) => new("bytes", "", "context", value);
}
