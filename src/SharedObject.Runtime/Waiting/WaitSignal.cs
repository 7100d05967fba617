using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;
using System.Threading;
using SharedObjects.Interop;

namespace SharedObjects.Waiting;

/// <summary>A word of this process's own, slept on beside those of segments: it ends a sleep for reasons that no writer has.</summary>
internal sealed unsafe class WaitSignal : CriticalFinalizerObject
{
    private readonly int* _word = (int*)NativeMemory.AllocZeroed(sizeof(int));

    ~WaitSignal() => NativeMemory.Free(_word);

    /// <summary>Changes whenever it is raised. To be read before what a raise announces.</summary>
    internal int Value => Volatile.Read(ref *_word);

    /// <summary>The word. The caller keeps this object alive while it uses it.</summary>
    internal int* DangerousWord => _word;

    /// <summary>Wakes all who sleep on the word, and keeps those from sleeping who have read it before.</summary>
    internal void Raise()
    {
        Interlocked.Increment(ref *_word);
        Posix.FutexWakeAll(_word);
        System.GC.KeepAlive(this);
    }
}
