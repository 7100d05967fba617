using System.Text.Json;
using SharedObjects.Cli.Linux;

namespace SharedObjects.Cli.Rendering;

/// <summary>Processes and the locks they hold, for people and as JSON.</summary>
internal static class Processes
{
    internal static string Short(ProcessInfo process) => $"{process.Command}({process.Id}{(process.IsStopped ? ", stopped" : "")})";

    internal static void Write(Utf8JsonWriter json, ProcessInfo process)
    {
        json.WriteStartObject();
        WriteFields(json, process);
        json.WriteEndObject();
    }

    internal static void Write(Utf8JsonWriter json, LockEntry entry, ProcessInfo process)
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
