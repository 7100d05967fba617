using System;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Threading.Tasks;

namespace SharedObjects.Stress;

/// <summary>Waits for locks and values where the system gives the process no more threads, and where it does again. Only users other than root have a limit.</summary>
internal static partial class NoThreads
{
    private const int RLIMIT_NPROC = 6;

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50), Long = TimeSpan.FromMinutes(1);

    internal static int Play(uint user)
    {
        Console.WriteLine("no more threads"); // with the first line, the console starts one
        foreach (AssemblyName name in typeof(SharedHandle).Assembly.GetReferencedAssemblies())
        {
            Assembly.Load(name); // which this other user might not be able to read; a call that waits would start a thread that stays for a while
        }

        if (!OtherUser.Become(user))
        {
            return 1;
        }

        using SharedObject<double> handle = SharedObject.Create(Names.Prefix + "x", 1.0);
        using SharedObject<double> other = SharedObject.Open<double>(Names.Prefix + "x");
        _ = getrlimit(RLIMIT_NPROC, out Limit limit);
        _ = setrlimit(RLIMIT_NPROC, limit with { Now = 1 });
        IsHeldUp(handle, other);
        Expect(!handle.Wait(TimeSpan.FromSeconds(0.5)), "a value, where there was none"); // long enough to be looked after by another thread
        Expect(handle.WaitAsync().AsTask().Exception?.InnerException is OutOfMemoryException, "an asynchronous wait without a thread");
        _ = setrlimit(RLIMIT_NPROC, limit);
        IsHeldUp(handle, other); // now another thread waits: it must not find what was left to do before
        Task wait = handle.WaitAsync().AsTask();
        other.Assign(5);
        Expect(wait.Wait(Long), "an asynchronous wait that nobody keeps");
        handle.Unlink();
        Console.WriteLine("no-threads: OK");
        return 0;
    }

    private static void IsHeldUp(SharedObject<double> handle, SharedObject<double> other)
    {
        using (other.EnterWriteLock())
        {
            Expect(!handle.TryAssign(2, Short), "wrote without the lock");
        }

        Expect(handle.TryAssign(3, Long) && other.TryAssign(4, Long) && handle.Fetch() == 4, "somebody has the lock for good");
    }

    private static void Expect(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int getrlimit(int resource, out Limit limit);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int setrlimit(int resource, in Limit limit);

    private record struct Limit(ulong Now, ulong Most);
}
