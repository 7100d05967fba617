using System.Text;

namespace SharedObjects.Generators.Helpers;

/// <summary>FNV-1a, 64 bits: a hash that never changes, unlike <see cref="object.GetHashCode"/>.</summary>
internal static class Fnv
{
    private const ulong OffsetBasis = 0xCBF2_9CE4_8422_2325;
    private const ulong Prime = 0x0000_0100_0000_01B3;

    /// <summary>The hash of a text's bytes in UTF-8.</summary>
    internal static ulong Hash(string text)
    {
        ulong hash = OffsetBasis;
        foreach (byte item in Encoding.UTF8.GetBytes(text))
        {
            hash = unchecked((hash ^ item) * Prime);
        }

        return hash;
    }
}
