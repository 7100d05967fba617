using System;
using System.CommandLine;
using System.Text.Json;
using SharedObjects.Cli.Shell;
using SharedObjects.Cli.Values;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Verbs;

/// <summary>Makes objects.</summary>
internal static class CreateVerb
{
    internal static Verb Create()
    {
        Argument<string?> name = new("NAME") { Description = "The object's name; may be left away where the JSON has it.", Arity = ArgumentArity.ZeroOrOne };
        Argument<string?> text = new("VALUE") { Description = "Plain text: None, true, 3, 0.5, or any text.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> type = new("--type") { Description = "What the text is, where that is not what it looks like.", HelpName = "TYPE" };
        type.AcceptOnlyFromAmong("none", "bool", "int", "float", "str", "bytes", "bytearray");
        Option<string?> json = ValueSource.Option();
        Option<int> initSize = new("--init-size")
        {
            Description = "Python's init_size: the least capacity, in bytes, of texts, byte strings and dict keys.",
            HelpName = "N",
            DefaultValueFactory = _ => BytesArea.DefaultInitSize,
            CustomParser = result => Common.Number(result, least: 0) ?? 0,
        };
        Option<bool> dynamic = new("--dynamic")
        {
            Description = "Make a dynamic object, whose value may be of another type with each assign; the first may be JSON without types.",
        };
        var verb = new Verb(
            "create",
            "Make an object with a first value.",
            """
            sharedobj create speed 0.5
            sharedobj create on true
            sharedobj create mode auto
            sharedobj create code 0042 --type str
            sharedobj create join_arm None
            sharedobj create plan --dynamic '["home", {"speed": 0.5}]'
            sharedobj create arm_copy --json arm.json
            sharedobj echo arm_state --json | sharedobj create arm_copy --json -
            sharedobj echo arm_state gripper --json > saved; sharedobj create --json saved
            """)
        { name, text, type, dynamic, initSize, json };
        return verb.Does((parsed, output) =>
        {
            var source = new ValueSource(parsed.GetValue(name), parsed.GetValue(text), parsed.GetResult(json) is not null, parsed.GetValue(json));
            bool isDynamic = parsed.GetValue(dynamic);
            if (isDynamic && parsed.GetResult(initSize) is { Implicit: false })
            {
                throw ToolException.Usage("a dynamic object has no capacities: --init-size is not for --dynamic");
            }

            var options = new SharedObjectOptions { InitSize = parsed.GetValue(initSize) };
            return source.ForEach(output, (target, given) =>
            {
                object? value = given.Json is { } element ? isDynamic ? ValueInput.OfAnyType(element) : Typed(element)
                    : parsed.GetValue(type) is { } named ? ValueInput.OfType(named, given.Text!)
                    : isDynamic ? ValueInput.OfAnyType(given.Text!)
                    : ValueInput.Guess(given.Text!);
                Make(target, value, options, isDynamic);
            });
        });
    }

    private static void Make(string name, object? value, SharedObjectOptions options, bool isDynamic)
    {
        try
        {
            using SharedHandle made = isDynamic ? SharedDynamicObject.Create(name, value, options) : SharedObject.Create(name, value, options);
        }
        catch (SharedExistsException)
        {
            throw ToolException.Failed($"the shared object '{name}' exists already: use sharedobj assign, or sharedobj rm {name} first");
        }
        catch (OverflowException)
        {
            throw ToolException.Failed($"the value is too large for a shared object");
        }
    }

    private static object? Typed(JsonElement json) => ValueInput.HasTypes(json)
        ? ValueJson.Read(json)
        : throw new FormatException("a new object needs JSON with types, such as {\"type\":\"float\",\"value\":{\"repr\":\"0.5\"}} (sharedobj echo NAME --json shows more)");
}
