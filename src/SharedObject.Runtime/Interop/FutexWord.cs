using System.Runtime.InteropServices;

namespace SharedObjects.Interop;

/// <summary>A word to sleep on, as futex_waitv(2) wants it: <c>struct futex_waitv</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FutexWord
{
    private const uint FUTEX2_SIZE_U32 = 2;

    private readonly ulong _value;
    private readonly ulong _address;
    private readonly uint _flags;
    private readonly uint _reserved;

    internal FutexWord(int* word, int value)
    {
        _value = (uint)value;
        _address = (ulong)word;
        _flags = FUTEX2_SIZE_U32;
        _reserved = 0;
    }
}
