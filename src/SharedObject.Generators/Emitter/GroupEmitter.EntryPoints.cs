using SharedObjects.Generators.Helpers;

namespace SharedObjects.Generators.Emitter;

/// <summary>The static members by which users open and make groups.</summary>
internal sealed partial class GroupEmitter
{
    private const string NameDocumentation =
        """
        /// <param name="name">What the names of the objects begin with.</param>
        """;

    private const string OptionsDocumentation =
        """
        /// <param name="options">How the handles wait and lock; null for the defaults.</param>
        """;

    private void EmitEntryPoints()
    {
        string defaultName = CSharpText.Literal(_group.ObjectName);
        // Escaped, without the quotes.
        string documentedName = CSharpText.Xml(defaultName.Substring(1, defaultName.Length - 2));
        _writer.WriteLine(
            $"""
            /// <summary>
            /// What the names of the objects begin with unless another is given: <c>{documentedName}</c>.
            /// </summary>
            {GeneratedCode.Attribute}
            public const string {Names.DefaultName} = {defaultName};

            """);
        EmitEntryPoint(
            Names.Open,
            "Opens the objects of the group, all of which must exist.",
            """

            /// <exception cref="global::SharedObjects.SharedNotFoundException">
            /// A member's object does not exist; the message names it.
            /// </exception>
            """,
            value: null);
        EmitEntryPoint(
            Names.OpenOrCreate,
            "Opens the objects of the group; those that do not exist are made, with no value yet.",
            exceptions: "",
            value: null);
        EmitEntryPoint(
            Names.OpenOrCreate,
            "Opens the objects of the group, whose values stay; those that do not exist are made with first values.",
            exceptions: "",
            ("initial", "The values of new objects."));
        EmitEntryPoint(
            Names.Create,
            "Makes the objects of the group, none of which must exist, with first values.",
            """

            /// <exception cref="global::SharedObjects.SharedExistsException">
            /// A member's object exists; the message names it. Those made before it are unlinked again.
            /// </exception>
            """,
            ("initial", "The first values."));
        EmitEntryPoint(
            Names.Publish,
            "Assigns the members to the objects of the group; those that do not exist are made.",
            exceptions: "",
            ("value", "The values."));
    }

    private void EmitEntryPoint(
        string method, string summary, string exceptions, (string Name, string Documentation)? value)
    {
        string parameter = value is { } v ? $"{TypeName} {v.Name}" : "";
        string argument = value is { } w ? ", " + w.Name : "";
        string documentation = value is { } x ? $"\n/// <param name=\"{x.Name}\">{x.Documentation}</param>" : "";
        string first = value is null ? "" : parameter + ", ";
        _writer.WriteLine(
            $"""
            /// <summary>{summary}</summary>{documentation}
            /// <returns>The handles, to be disposed of.</returns>{exceptions}
            {GeneratedCode.Attribute}
            public static {Names.Group} {method}({parameter}) => {method}({Names.DefaultName}{argument});

            /// <summary>{summary}</summary>
            {NameDocumentation}{documentation}
            {OptionsDocumentation}
            /// <returns>The handles, to be disposed of.</returns>{exceptions}
            {GeneratedCode.Attribute}
            public static {Names.Group} {method}(string name, {first}{Options} = null) =>
                {Names.Group}.{method}(name{argument}, options);

            """);
    }
}
