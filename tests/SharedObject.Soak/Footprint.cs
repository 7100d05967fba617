using System;
using System.IO;
using System.Linq;
using System.Threading;

namespace SharedObjects.Soak;

/// <summary>What this process holds of the objects whose names begin alike.</summary>
/// <param name="Descriptors">Open segments.</param>
/// <param name="Mappings">Mapped segments.</param>
/// <param name="Threads">Threads of the library.</param>
/// <param name="Segments">Names in /dev/shm.</param>
/// <param name="AllDescriptors">All open files of the process but for assemblies, which .NET opens when they are first needed, and keeps.</param>
/// <param name="ManagedBytes">The managed heap after the last full collection.</param>
internal readonly record struct Footprint(int Descriptors, int Mappings, int Threads, int Segments, int AllDescriptors, long ManagedBytes)
{
    // With the space: the main thread has the name of the program. The kernel keeps 15 bytes of a thread's name.
    private const string ThreadName = "SharedObject ";

    /// <summary>Now, when all that is unreachable has been collected: mappings end with their finalizers.</summary>
    internal static Footprint Of(string prefix)
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        string path = "/dev/shm/" + prefix;
        string[] targets = [.. Directory.GetFiles("/proc/self/fd").Select(TargetOf)];
        return new Footprint(
            targets.Count(target => target.StartsWith(path, StringComparison.Ordinal)),
            File.ReadLines("/proc/self/maps").Count(line => line.Contains(path, StringComparison.Ordinal)),
            Directory.GetDirectories("/proc/self/task").Count(static thread => NameOf(thread).StartsWith(ThreadName, StringComparison.Ordinal)),
            Directory.GetFiles("/dev/shm", prefix + "*").Length,
            targets.Count(target => !target.EndsWith(".dll", StringComparison.Ordinal)),
            GC.GetGCMemoryInfo(GCKind.FullBlocking).HeapSizeBytes); // GetTotalMemory, an estimate, can be megabytes off, and negative
    }

    /// <summary>Looks again until it is as it should be, or the patience is at an end: threads and waits take a moment to end.</summary>
    internal static Footprint Settled(string prefix, Func<Footprint, bool> isSettled, TimeSpan patience)
    {
        DateTime end = DateTime.UtcNow + patience;
        Footprint now = Of(prefix);
        while (!isSettled(now) && DateTime.UtcNow < end)
        {
            Thread.Sleep(20);
            now = Of(prefix);
        }

        return now;
    }

    // A file or a thread may have ended since it was listed.
    private static string TargetOf(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string NameOf(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
