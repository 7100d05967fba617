using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using SharedObjects.Cli.Linux;
using SharedObjects.Sync;

namespace SharedObjects.Cli.Rendering;

/// <summary>Processes and the locks they hold, for people and as JSON.</summary>
internal static class Processes
{
    internal static string Short(ProcessInfo process) => $"{process.Command}({process.Id}{(process.IsStopped ? ", stopped" : "")})";

    internal static string Short(LockEntry[] held, SegmentUsers users) => string.Join(", ", held.Select(entry =>
        $"{(entry.IsWaiting ? "waited for" : entry.IsWriter ? "writer" : "reader")} {Short(users.Info(entry.Process))}"));

    /// <summary>Why a lock was not to be had, and what to do.</summary>
    internal static string WhyLocked(string name, IReadOnlyList<SharedLockHolder> holders)
    {
        if (holders.Count == 0)
        {
            return $"the lock of '{name}' was not to be had in time, and no process that can be seen from here has it now: try again, give a longer "
                + "--timeout, or look as root and from outside of containers";
        }

        string which = holders.Any(holder => holder.IsWriter) ? "the writer's lock" : "a readers' lock";
        string who = string.Join(" and ", holders.Select(holder => ProcessInfo.Text(holder.ProcessId, holder.Command, holder.IsStopped)));
        string advice = holders.FirstOrDefault(holder => holder.IsStopped) is { } stopped
            ? $"let it go on (kill -CONT {stopped.ProcessId}) or end it (kill -KILL {stopped.ProcessId})"
            : holders.FirstOrDefault(holder => holder.Command is not null) is { } running
                ? $"give a longer --timeout, or end it (kill {running.ProcessId})"
                : "a child of its has inherited it: look for that as root";
        return $"{which} of '{name}' is held by {who}: {advice}";
    }

    /// <summary>Two members: who has a segment, and the locks on it.</summary>
    /// <param name="json">The object that gets them.</param>
    /// <param name="usersName">What the first is called.</param>
    /// <param name="having">Those who have it.</param>
    /// <param name="held">The locks.</param>
    /// <param name="users">Tells who the locks' processes are.</param>
    internal static void Write(Utf8JsonWriter json, string usersName, ProcessInfo[] having, LockEntry[] held, SegmentUsers users)
    {
        json.WriteStartArray(usersName);
        foreach (ProcessInfo process in having)
        {
            Write(json, process);
        }

        json.WriteEndArray();
        json.WriteStartArray("locks");
        foreach (LockEntry entry in held)
        {
            Write(json, entry, users.Info(entry.Process));
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ProcessInfo process)
    {
        json.WriteStartObject();
        WriteFields(json, process);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LockEntry entry, ProcessInfo process)
    {
        json.WriteStartObject();
        json.WriteString("mode", entry.IsWriter ? "exclusive" : "shared");
        json.WriteBoolean("waiting", entry.IsWaiting);
        WriteFields(json, process);
        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, ProcessInfo process)
    {
        json.WriteNumber("pid", process.Id);
        json.WriteString("command", process.Command);
        json.WriteBoolean("stopped", process.IsStopped);
    }
}
