using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using SharedObjects.Interop;
using SharedObjects.Memory;

namespace SharedObjects.Cli.Linux;

/// <summary>
/// Which processes have which segments: mapped (/proc/*/maps), and where asked for, open (/proc/*/fd), but for other runs of this tool.
/// </summary>
internal sealed class SegmentUsers
{
    private const string Deleted = " (deleted)";
    private static readonly byte[] s_directory = Encoding.ASCII.GetBytes(SegmentName.Directory + "/");

    private readonly Dictionary<FileId, List<int>> _users = [];
    private readonly Dictionary<int, ProcessInfo> _processes = [];
    private readonly List<int> _unseen = [];
    private readonly List<UnlinkedMapping> _unlinked = [];

    /// <summary>A process that maps a segment without a name.</summary>
    /// <param name="Process">The process.</param>
    /// <param name="Name">The name that the segment had when it was opened.</param>
    /// <param name="File">The segment.</param>
    internal sealed record UnlinkedMapping(int Process, string Name, FileId File);

    private SegmentUsers()
    {
    }

    /// <summary>The processes that could not be looked into: they are other users', or protected, or stuck in the kernel.</summary>
    internal IReadOnlyList<int> Unseen => _unseen;

    internal string UnseenText => _unseen.Count == 1
        ? $"one process (pid {_unseen[0]}) could not be looked into"
        : $"{_unseen.Count} processes (pid {_unseen[0]} and others) could not be looked into";

    /// <summary>Who maps segments that have no name any more; the name is the one that they had.</summary>
    internal IReadOnlyList<UnlinkedMapping> Unlinked => _unlinked;

    /// <summary>Looks into all processes but this one.</summary>
    /// <param name="openFiles">Whether open descriptors count too.</param>
    internal static SegmentUsers Scan(bool openFiles)
    {
        var users = new SegmentUsers();
        int[] processes = [.. ProcessIds().Where(process => process != Environment.ProcessId)];
        ProcFile.ForEachInTime(processes, process => new Look(process, openFiles), users.Take, users._unseen.Add);
        return users;
    }

    internal static IEnumerable<int> ProcessIds()
    {
        foreach (string path in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int process))
            {
                yield return process;
            }
        }
    }

    internal bool Uses(FileId file) => _users.ContainsKey(file);

    internal ProcessInfo[] Of(FileId file) => _users.TryGetValue(file, out List<int>? ids) ? ids.ConvertAll(Info).ToArray() : [];

    internal ProcessInfo Info(int id)
    {
        if (!_processes.TryGetValue(id, out ProcessInfo? info))
        {
            _processes.Add(id, info = ProcessInfo.Of(id));
        }

        return info;
    }

    private void Take(int process, Look look)
    {
        if (!look.WasAllowed)
        {
            _unseen.Add(process);
        }

        foreach ((FileId file, string? unlinkedName) in look.Files)
        {
            if (!_users.TryGetValue(file, out List<int>? processes))
            {
                _users.Add(file, processes = []);
            }

            // A file is mapped in several parts, and one process is taken after the other.
            if (processes.Count == 0 || processes[^1] != process)
            {
                processes.Add(process);
                if (unlinkedName is not null)
                {
                    _unlinked.Add(new UnlinkedMapping(process, unlinkedName, file));
                }
            }
        }
    }

    /// <summary>What one process has.</summary>
    private sealed class Look
    {
        private readonly List<KeyValuePair<FileId, string?>> _files = [];

        internal Look(int process, bool openFiles)
        {
            byte[]? maps = ProcFile.TryRead($"/proc/{process}/maps", out int errno);
            WasAllowed = errno is not (Errno.EACCES or Errno.EPERM); // it has ended otherwise
            if (maps is not null)
            {
                ReadMaps(maps);
                if (openFiles && !IsThisTool(process))
                {
                    ReadDescriptors(process);
                }
            }
        }

        internal bool WasAllowed { get; private set; }

        /// <summary>The segments, and of those without a name the one that they had.</summary>
        internal IReadOnlyList<KeyValuePair<FileId, string?>> Files => _files;

        private void ReadMaps(ReadOnlySpan<byte> maps)
        {
            // Most lines are of code: the path is found first, and only its line taken apart.
            while (maps.IndexOf(s_directory) is >= 0 and int at)
            {
                int start = maps[..at].LastIndexOf((byte)'\n') + 1;
                int end = maps[at..].IndexOf((byte)'\n') is >= 0 and int length ? at + length : maps.Length;
                AddMapping(Encoding.UTF8.GetString(maps[start..at]), Encoding.UTF8.GetString(maps[(at + s_directory.Length)..end]));
                maps = maps[Math.Min(end + 1, maps.Length)..];
            }
        }

        // The line before the path: "7f12-7f13 rw-s 00000000 00:19 42    ".
        private void AddMapping(string line, string name)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 5 && FileId.TryParse(words[3], words[4]) is { } file)
            {
                _files.Add(new(file, name.EndsWith(Deleted, StringComparison.Ordinal) ? name[..^Deleted.Length] : null));
            }
        }

        /// <summary>
        /// Whether it is another run of this tool, say a top in the next terminal: what that has open it only looks at. (What it maps, it uses:
        /// the bridge does.)
        /// </summary>
        private static bool IsThisTool(int process) =>
            ProcFile.Text($"/proc/{process}/cmdline").Split('\0').Take(2) // the program; or dotnet, and the program
                .Any(word => Path.GetFileName(word) is "sharedobj" or "sharedobj.dll");

        private void ReadDescriptors(int process)
        {
            try
            {
                foreach (string path in Directory.EnumerateFileSystemEntries($"/proc/{process}/fd"))
                {
                    if (new FileInfo(path).LinkTarget?.StartsWith(SegmentName.Directory + "/", StringComparison.Ordinal) == true)
                    {
                        AddOpen(path);
                    }
                }
            }
            catch (UnauthorizedAccessException)
            {
                WasAllowed = false;
            }
            catch (IOException)
            {
                // It has ended, or closed the file, while we looked.
            }
        }

        private void AddOpen(string path)
        {
            // The inode stands in fdinfo since Linux 5.14; the file system is the one of /dev/shm, as the path says.
            string info = ProcFile.Text(path.Replace("/fd/", "/fdinfo/", StringComparison.Ordinal));
            string? inode = info.Split('\n').FirstOrDefault(line => line.StartsWith("ino:", StringComparison.Ordinal))?[4..].Trim();
            if (SharedMemoryMount.Device is { } device
                && ulong.TryParse(inode, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
            {
                _files.Add(new(device with { Inode = number }, null));
            }
        }
    }
}
