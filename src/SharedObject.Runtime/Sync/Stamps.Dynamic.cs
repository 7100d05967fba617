using System;
using System.Threading;
using SharedObjects.Wire;

namespace SharedObjects.Sync;

/// <content>The words of a dynamic object, and its value (<see cref="DynamicArea"/>).</content>
internal sealed unsafe partial class Stamps
{
    /// <summary>Whether the object is still the dynamic one that was mounted.</summary>
    internal bool IsDynamic
    {
        get
        {
            ulong head = Volatile.Read(ref ObjectWord(ObjectHeader.TagOffset));
            GC.KeepAlive(this);
            return head == DynamicArea.Head;
        }
    }

    /// <summary>The length of the value. Read without the lock it can be anything: it is checked before it is used.</summary>
    internal ulong ValueLength
    {
        get
        {
            ulong length = Volatile.Read(ref ObjectWord(DynamicArea.LengthOffset));
            GC.KeepAlive(this);
            return length;
        }
        set
        {
            Volatile.Write(ref ObjectWord(DynamicArea.LengthOffset), value);
            GC.KeepAlive(this);
        }
    }

    /// <summary>
    /// The value's bytes as those of an object, whose stamp is not to be touched. To be read between <see cref="BeginRead"/> and
    /// <see cref="EndRead"/>, or under the lock. The span does not keep the mapping alive.
    /// </summary>
    /// <param name="size">The size of that object.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is beyond the mapping.</exception>
    internal Span<byte> DangerousValue(int size) => Mapping.DangerousBytes.Slice(DynamicArea.ObjectOffset, size);

    private ref ulong ObjectWord(int offset) => ref *(ulong*)((byte*)_mtime + offset);
}
