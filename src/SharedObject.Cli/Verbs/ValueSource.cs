using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SharedObjects.Cli.Segments;
using SharedObjects.Cli.Shell;
using SharedObjects.Cli.Values;

namespace SharedObjects.Cli.Verbs;

/// <summary>Where <c>create</c> and <c>assign</c> take their values from: a text on the command line, or JSON from a file.</summary>
/// <param name="name">The object's name; null where the JSON has it.</param>
/// <param name="text">The text; null if there is none.</param>
/// <param name="json">Whether --json was given.</param>
/// <param name="file">Its file.</param>
internal sealed class ValueSource(string? name, string? text, bool json, string? file)
{
    /// <summary>One value as it was given: either of the two.</summary>
    internal readonly record struct Given(string? Text, JsonElement? Json);

    internal static Option<string?> Option() => new("--json")
    {
        Description = "Take the value from a JSON file, - for standard input: a value, or lines that echo --json has printed. Prints JSON too.",
        HelpName = "FILE",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Does something with each value, and says so.</summary>
    /// <exception cref="ToolException">There is nothing to take a value from, or it can't be understood; nothing was done.</exception>
    internal int ForEach(Output output, Action<string, Given> action)
    {
        if (file is null)
        {
            if (name is null || text is null)
            {
                throw ToolException.Usage("a name and a value are needed: plain text, or --json FILE");
            }

            return Do([(name, new Given(text, null))], output, action);
        }

        if (text is not null)
        {
            throw ToolException.Usage("a value can't come from both the command line and --json");
        }

        using JsonDocuments documents = Input.Parse(() => JsonDocuments.Parse(Input.Read(file)));
        var values = new List<(string, Given)>();
        foreach (JsonElement document in documents.All)
        {
            (string? own, JsonElement value) = Take(document);
            values.Add((name ?? own ?? throw ToolException.Usage("a name is needed: give one, or JSON that has it"), new Given(null, value)));
        }

        if (values.Count == 0 || (name is not null && values.Count > 1))
        {
            throw ToolException.Usage($"'{file}' has {values.Count} values{(name is null ? "" : $", and '{name}' takes one")}");
        }

        return Do(values, output, action);
    }

    private int Do(List<(string Name, Given Given)> values, Output output, Action<string, Given> action)
    {
        int result = ExitCode.Done;
        foreach ((string target, Given given) in values)
        {
            int one = Tool.ForEach([target], _ => Input.Parse<object?>(() =>
            {
                action(target, given);
                return null;
            }));
            result = result == ExitCode.Done ? one : result;
            if (one == ExitCode.Done && json)
            {
                Say(output, target);
            }
        }

        return result;
    }

    private static void Say(Output output, string target)
    {
        SegmentOutline outline = SegmentOutline.Read(target);
        ulong? stamp = StampReader.TryRead(target);
        output.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("name", target);
            writer.WriteString("mtime", (stamp ?? 0).ToString(CultureInfo.InvariantCulture));
            writer.WriteNumber("size", outline.Size);
            writer.WriteEndObject();
        });
    }

    // A line of echo's, or a value alone. A plain dict of one's own may have a "name", too; echo's has a "value" with a type.
    private static (string? Name, JsonElement Value) Take(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
        && !ValueInput.HasTypes(json)
        && json.TryGetProperty("value", out JsonElement value)
        && ValueInput.HasTypes(value)
        && json.TryGetProperty("name", out JsonElement name)
        && name.ValueKind == JsonValueKind.String
            ? (name.GetString(), value)
            : (null, json);
}
