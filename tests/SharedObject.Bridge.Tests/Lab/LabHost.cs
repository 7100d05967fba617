using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Mono.Unix;
using Mono.Unix.Native;

namespace SharedObjects.Bridging.Tests.Lab;

/// <summary>
/// A computer of the lab: a network namespace, and a mount namespace with a <c>/dev/shm</c> of its own, both held by a process that waits
/// for the end of its input.
/// </summary>
internal sealed class LabHost : IDisposable
{
    private readonly LabProcess _holder;
    private readonly List<LabProcess> _processes = [];

    /// <summary>Makes it.</summary>
    /// <param name="lab">The process whose namespaces are the lab's.</param>
    /// <param name="name">For people.</param>
    /// <param name="shmSize">How much its <c>/dev/shm</c> can hold, as mount(8) takes it.</param>
    internal LabHost(int lab, string name, string shmSize)
    {
        const string Script = "mount -t tmpfs -o mode=1777,size=$0 tmpfs /dev/shm && ip link set lo up && echo ready && exec cat";
        Name = name;
        _holder = new LabProcess(Namespaces.Enter(lab), "unshare", "--mount", "--net", "sh", "-c", Script, shmSize).Hear("ready");
        Id = _holder.Id;
    }

    internal string Name { get; }

    /// <summary>The process whose namespaces are the host's.</summary>
    internal int Id { get; }

    /// <summary>Starts a program here; it ends with the host at the latest.</summary>
    internal LabProcess Start(params string[] program)
    {
        var process = new LabProcess(Namespaces.Enter(Id), program);
        _processes.Add(process);
        return process;
    }

    /// <summary>Runs a program here to its end, which must be a good one.</summary>
    internal string Run(params string[] program) => LabProcess.Run(Namespaces.Enter(Id), program);

    /// <summary>Whether there is a segment of this name.</summary>
    internal bool Has(string name) => File.Exists(PathOf(name));

    /// <summary>The names in its <c>/dev/shm</c>.</summary>
    internal string[] Names() => [.. Directory.EnumerateFileSystemEntries(PathOf("")).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>All bytes of a segment, or null if there is none; read without any lock, so of an object that nobody is writing.</summary>
    internal byte[]? TryRead(string name)
    {
        // Not by .NET's files, which take a lock that belongs to the object.
        int descriptor = Syscall.open(PathOf(name), OpenFlags.O_RDONLY | OpenFlags.O_CLOEXEC);
        if (descriptor < 0)
        {
            return null;
        }

        using var stream = new UnixStream(descriptor);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Puts a segment there that is no object of a peer's making: recorded bytes, or a filler.</summary>
    internal void Write(string name, ReadOnlySpan<byte> bytes) => File.WriteAllBytes(PathOf(name), bytes);

    internal void Delete(string name) => File.Delete(PathOf(name));

    public void Dispose()
    {
        foreach (LabProcess process in _processes)
        {
            process.Dispose();
        }

        _holder.Dispose();
    }

    private string PathOf(string name) => $"/proc/{Id.ToString(CultureInfo.InvariantCulture)}/root/dev/shm/{name}";
}
