using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;

namespace SharedObjects.Hosting.Readiness;

/// <summary>Whether a process lives, whoever has started it.</summary>
/// <remarks>
/// From <c>/proc</c>, as <see cref="Process.HasExited"/> takes a process that another has started for alive until its parent has asked for
/// its status, and may take another that has got the same id for it.
/// </remarks>
internal sealed class ProcessLife
{
    // proc(5), fields of /proc/[pid]/stat, counted from the one behind the command's name.
    private const int StateField = 0;
    private const int StartField = 19;

    private readonly int _processId;
    private readonly string? _start;

    internal ProcessLife(int processId)
    {
        _processId = processId;
        _start = Read()?[StartField];
        Began = _start is null ? null : StartTime(processId);
    }

    /// <summary>When the process was started (UTC); null if there was none, or it has ended already.</summary>
    internal DateTime? Began { get; }

    /// <summary>Whether it has not ended. A zombie, which only waits for its parent to ask for its status, has.</summary>
    internal bool IsAlive => Read() is { } fields && fields[StateField] is not ("Z" or "X") && fields[StartField] == _start;

    private string[]? Read()
    {
        try
        {
            string text = File.ReadAllText($"/proc/{_processId}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' '); // the command's name may contain anything
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static DateTime? StartTime(int processId)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            return process.StartTime.ToUniversalTime();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }
}
