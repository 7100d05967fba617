using SharedObjects.Generators.Helpers;

namespace SharedObjects.Generators.Emitter;

/// <summary>The static members by which users open and make objects.</summary>
internal sealed partial class SchemaEmitter
{
    private void EmitEntryPoints()
    {
        const string Runtime = "global::SharedObjects.SharedObject";
        const string Options = "global::SharedObjects.SharedObjectOptions? options = null";
        const string Task = "global::System.Threading.Tasks.Task";
        const string Cancellation = "global::System.Threading.CancellationToken cancellation = default";
        string handle = $"{Runtime}<{TypeName}>";
        string defaultName = CSharpText.Literal(_schema.ObjectName);
        // Escaped, without the quotes.
        string documentedName = CSharpText.Xml(defaultName.Substring(1, defaultName.Length - 2));

        _writer.WriteLine(
            $$"""
            /// <summary>The name of the shared object unless another is given: <c>{{documentedName}}</c>.</summary>
            {{GeneratedCode.Attribute}}
            public const string {{Names.DefaultName}} = {{defaultName}};

            /// <summary>How values of this type are laid out, read and written.</summary>
            {{GeneratedCode.Attribute}}
            public static {{Wire}}SharedCodec<{{TypeName}}> {{Names.Codec}} => {{Names.CodecClass}}.Instance;

            /// <summary>Where each member is, and a hash by which other builds know the same layout.</summary>
            {{GeneratedCode.Attribute}}
            public static {{Wire}}SchemaLayout {{Names.Layout}} => {{Names.CodecClass}}.Schema;

            /// <summary>Opens the object <c>{{documentedName}}</c>, which must exist.</summary>
            /// <returns>A handle, to be disposed of.</returns>
            {{GeneratedCode.Attribute}}
            public static {{handle}} {{Names.Open}}() => {{Names.Open}}({{Names.DefaultName}});

            /// <summary>Opens an object of this type, which must exist.</summary>
            /// <param name="name">The object's name.</param>
            /// <param name="options">How the handle waits and locks; null for the defaults.</param>
            /// <returns>A handle, to be disposed of.</returns>
            {{GeneratedCode.Attribute}}
            public static {{handle}} {{Names.Open}}(string name, {{Options}}) =>
                {{Runtime}}.Open<{{TypeName}}>(name, {{Names.Codec}}, options);

            /// <summary>Waits until there is an object <c>{{documentedName}}</c>, and opens it: its producer may start later.</summary>
            /// <param name="cancellation">Ends the wait.</param>
            /// <returns>A handle, to be disposed of.</returns>
            {{GeneratedCode.Attribute}}
            public static {{Task}}<{{handle}}> {{Names.OpenAsync}}({{Cancellation}}) =>
                {{Names.OpenAsync}}({{Names.DefaultName}}, cancellation: cancellation);

            /// <summary>Waits until there is an object of this type and name, and opens it: its producer may start later.</summary>
            /// <param name="name">The object's name.</param>
            /// <param name="options">How the handle waits and locks; null for the defaults.</param>
            /// <param name="cancellation">Ends the wait.</param>
            /// <returns>A handle, to be disposed of.</returns>
            {{GeneratedCode.Attribute}}
            public static {{Task}}<{{handle}}> {{Names.OpenAsync}}(string name, {{Options}}, {{Cancellation}}) =>
                {{Runtime}}.OpenAsync<{{TypeName}}>(name, {{Names.Codec}}, options, cancellation);

            /// <summary>Opens the object <c>{{documentedName}}</c>, or makes it, with no value yet, if there is none.</summary>
            /// <returns>A handle, to be disposed of.</returns>
            {{GeneratedCode.Attribute}}
            public static {{handle}} {{Names.OpenOrCreate}}() => {{Names.OpenOrCreate}}({{Names.DefaultName}});

            /// <summary>Opens an object of this type, or makes it, with no value yet, if there is none.</summary>
            /// <param name="name">The object's name.</param>
            /// <param name="options">How the handle waits and locks; null for the defaults.</param>
            /// <returns>A handle, to be disposed of.</returns>
            {{GeneratedCode.Attribute}}
            public static {{handle}} {{Names.OpenOrCreate}}(string name, {{Options}}) =>
                {{Runtime}}.OpenOrCreate<{{TypeName}}>(name, {{Names.Codec}}, options);

            /// <summary>
            /// Opens the object <c>{{documentedName}}</c>, whose value then stays, or makes it with a first value.
            /// </summary>
            /// <param name="initial">The value of a new object.</param>
            /// <returns>A handle, to be disposed of.</returns>
            {{GeneratedCode.Attribute}}
            public static {{handle}} {{Names.OpenOrCreate}}({{TypeName}} initial) =>
                {{Names.OpenOrCreate}}({{Names.DefaultName}}, initial);

            /// <summary>Opens an object of this type, whose value then stays, or makes it with a first value.</summary>
            /// <param name="name">The object's name.</param>
            /// <param name="initial">The value of a new object.</param>
            /// <param name="options">How the handle waits and locks; null for the defaults.</param>
            /// <returns>A handle, to be disposed of.</returns>
            {{GeneratedCode.Attribute}}
            public static {{handle}} {{Names.OpenOrCreate}}(string name, {{TypeName}} initial, {{Options}}) =>
                {{Runtime}}.OpenOrCreate<{{TypeName}}>(name, initial, {{Names.Codec}}, options);

            /// <summary>Makes the object <c>{{documentedName}}</c>, which must not exist, with a first value.</summary>
            /// <param name="initial">The first value.</param>
            /// <returns>A handle, to be disposed of.</returns>
            {{GeneratedCode.Attribute}}
            public static {{handle}} {{Names.Create}}({{TypeName}} initial) =>
                {{Names.Create}}({{Names.DefaultName}}, initial);

            /// <summary>Makes an object of this type, which must not exist, with a first value.</summary>
            /// <param name="name">The object's name.</param>
            /// <param name="initial">The first value.</param>
            /// <param name="options">How the handle waits and locks; null for the defaults.</param>
            /// <returns>A handle, to be disposed of.</returns>
            {{GeneratedCode.Attribute}}
            public static {{handle}} {{Names.Create}}(string name, {{TypeName}} initial, {{Options}}) =>
                {{Runtime}}.Create<{{TypeName}}>(name, initial, {{Names.Codec}}, options);

            /// <summary>Assigns a value to the object <c>{{documentedName}}</c>, which is made if there is none.</summary>
            /// <param name="value">The value.</param>
            /// <returns>A handle, to be disposed of.</returns>
            {{GeneratedCode.Attribute}}
            public static {{handle}} {{Names.Publish}}({{TypeName}} value) =>
                {{Names.Publish}}({{Names.DefaultName}}, value);

            /// <summary>Assigns a value to an object of this type, which is made if there is none.</summary>
            /// <param name="name">The object's name.</param>
            /// <param name="value">The value.</param>
            /// <param name="options">How the handle waits and locks; null for the defaults.</param>
            /// <returns>A handle, to be disposed of.</returns>
            {{GeneratedCode.Attribute}}
            public static {{handle}} {{Names.Publish}}(string name, {{TypeName}} value, {{Options}}) =>
                {{Runtime}}.Publish<{{TypeName}}>(name, value, {{Names.Codec}}, options);

            """);
    }
}
