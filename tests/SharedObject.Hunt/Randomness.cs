namespace SharedObjects.Hunt;

/// <summary>Numbers that follow from a seed (SplitMix64), the same on every machine and every version of .NET.</summary>
internal struct Randomness(int seed, int stream)
{
    private ulong _state = ((ulong)(uint)seed << 32) + (uint)stream;

    /// <summary>A number from 0 to <paramref name="limit"/> - 1.</summary>
    internal int Next(int limit)
    {
        ulong z = _state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return (int)(((z ^ (z >> 31)) >> 32) * (ulong)limit >> 32);
    }
}
