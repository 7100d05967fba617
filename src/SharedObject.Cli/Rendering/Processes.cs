using System.Text.Json;
using SharedObjects.Cli.Linux;

namespace SharedObjects.Cli.Rendering;

/// <summary>Processes and the locks they hold, for people and as JSON.</summary>
internal static class Processes
{
    internal static string Short(ProcessInfo process) => $"{process.Command}({process.Id}{(process.IsStopped ? ", stopped" : "")})";

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
        json.WriteString("mode", entry.IsExclusive ? "exclusive" : "shared");
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
