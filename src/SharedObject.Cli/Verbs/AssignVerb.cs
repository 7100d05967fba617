using System;
using System.CommandLine;
using System.Text.Json;
using SharedObjects.Cli.Segments;
using SharedObjects.Cli.Shell;
using SharedObjects.Cli.Values;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Verbs;

/// <summary>Assigns values to objects that exist.</summary>
internal static class AssignVerb
{
    internal static Verb Create()
    {
        Argument<string?> name = Common.Completed(
            new Argument<string?>("NAME") { Description = "The object's name; may be left away where the JSON has it.", Arity = ArgumentArity.ZeroOrOne });
        Argument<string?> text = new("VALUE") { Description = "Plain text for a scalar; JSON for an array, a Pose, a dict, tuple, list or set.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> json = ValueSource.Option();
        Option<double> timeout = Common.Timeout();
        var verb = new Verb(
            "assign",
            "Assign a value; the object's type, shape and capacities say what the text means.",
            """
            sharedobj assign speed 0.7
            sharedobj assign mode stopped
            sharedobj assign target '[0.1, 0.2, 0.3]'
            sharedobj assign command '{"id": 4, "speed": 0.5}'
            sharedobj assign arm_state --json saved.json
            sharedobj assign plan '["home", {"speed": 0.5}]'
            """)
        { name, text, timeout, json };
        return verb.Does((parsed, output) =>
        {
            var source = new ValueSource(parsed.GetValue(name), parsed.GetValue(text), parsed.GetResult(json) is not null, parsed.GetValue(json));

            // No trailer is made for an object of Python's: a tool leaves no more behind than it was asked for.
            var options = new SharedObjectOptions { LockTimeout = TimeSpan.FromSeconds(parsed.GetValue(timeout)), Adopt = false };
            return source.ForEach(output, (target, given) =>
            {
                if (SegmentOutline.Read(target).IsDynamic)
                {
                    using SharedDynamicObject dynamic = SharedDynamicObject.Open(target, options);
                    dynamic.Assign(given.Json is { } any ? ValueInput.OfAnyType(any) : ValueInput.OfAnyType(given.Text!));
                    return;
                }

                using SharedObject<object?> opened = SharedObject.OpenAny(target, options);
                ValueLayout layout = opened.Layout.Value;
                try
                {
                    opened.Assign(given.Json is { } element ? ValueInput.ForLayout(layout, element) : ValueInput.ForLayout(layout, given.Text!));
                }
                catch (FormatException e) when (e.InnerException is not JsonException)
                {
                    throw ToolException.Failed($"the value does not fit '{target}': {e.Message}; nothing was written");
                }
            });
        });
    }
}
