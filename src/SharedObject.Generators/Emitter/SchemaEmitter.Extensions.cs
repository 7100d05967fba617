using System.Linq;
using System.Text;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Layout;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Emitter;

/// <summary>
/// <c>Fetch(view => …)</c> and <c>Update(writer => …)</c>: extension methods in <c>SharedObjects</c>, or static methods
/// of a type that can't be named there.
/// </summary>
internal sealed partial class SchemaEmitter
{
    private void EmitExtensions()
    {
        string access = _schema.Type.Reach == TypeReach.Everywhere ? "public" : "internal";
        _writer.WriteLine();
        _writer.WriteLine("namespace SharedObjects");
        _writer.OpenBlock();
        _writer.WriteLine(
            $"""
            /// <summary>
            /// Looks at objects of type <see cref="{_schema.Type.FullName}"/>, and changes them, where they are.
            /// </summary>
            {NotBrowsable}
            {GeneratedCode.Attribute}
            {access} static class {ExtensionClass()}
            """);
        _writer.OpenBlock();
        EmitViewMethods(isExtension: true);
        _writer.CloseBlock();
        _writer.CloseBlock();
    }

    private void EmitViewMethods(bool isExtension)
    {
        const string Timeout =
            "global::System.TimeSpan timeout, global::System.Threading.CancellationToken cancellation = default";
        const string TimeoutDocumentation =
            """
            /// <param name="timeout">How long to wait for the lock.</param>
            /// <param name="cancellation">Ends the wait.</param>
            """;
        string type = _schema.Type.FullName, handleType = $"global::SharedObjects.SharedObject<{type}>";
        string handle = $"{(isExtension ? "this " : "")}{handleType} handle";
        string function = $"global::System.Func<{type}.{Names.View}, TResult>";
        string action = $"global::System.Action<{type}.{Names.Writer}>";
        string attribute = isExtension ? "" : GeneratedCode.Attribute + "\n";
        foreach (bool hasTimeout in new[] { false, true })
        {
            string parameters = hasTimeout ? ", " + Timeout : "", arguments = hasTimeout ? ", timeout, cancellation" : "";
            string documentation = hasTimeout ? "\n" + TimeoutDocumentation : "";
            _writer.WriteLine(
                $$"""
                /// <summary>
                /// Looks at the object without making a value of it. {{Locking()}}
                /// </summary>
                /// <typeparam name="TResult">What the function finds out.</typeparam>
                /// <param name="handle">The object.</param>
                /// <param name="function">Is given a view, which is valid during the call only.</param>{{documentation}}
                /// <returns>What the function returned.</returns>
                {{attribute}}public static TResult {{Names.Fetch}}<TResult>({{handle}}, {{function}} function{{parameters}})
                {
                    global::System.ArgumentNullException.ThrowIfNull(handle);
                    global::System.ArgumentNullException.ThrowIfNull(function);
                    return handle.FetchView(
                        function,
                        static (global::System.ReadOnlySpan<byte> bytes, {{Context}}, {{function}} function) =>
                            function(new {{type}}.{{Names.View}}(bytes, context)){{arguments}});
                }

                /// <summary>
                /// Changes members of the object in place, under the writer's lock; the others keep their values. {{Safety()}}
                /// </summary>
                /// <param name="handle">The object.</param>
                /// <param name="action">Is given a writer, which is valid during the call only.</param>{{documentation}}
                /// <returns>The handle.</returns>
                {{attribute}}public static {{handleType}} {{Names.Update}}({{handle}}, {{action}} action{{parameters}})
                {
                    global::System.ArgumentNullException.ThrowIfNull(handle);
                    global::System.ArgumentNullException.ThrowIfNull(action);
                    return handle.UpdateInPlace(
                        action,
                        static (global::System.Span<byte> bytes, {{Context}}, {{action}} action) =>
                            action(new {{type}}.{{Names.Writer}}(bytes, context)){{arguments}});
                }
                """);
            if (!hasTimeout || !isExtension)
            {
                _writer.WriteLine();
            }
        }
    }

    private string Locking() => IsSmall
        ? "The object is small and copied first: no lock is held while the function runs."
        : "The readers' lock is held while the function runs, which must not use the same handle.";

    private string Safety() => IsSmall
        ? "If the action throws, nothing has changed."
        : "If the action throws, the object counts as torn until the next assign.";

    private bool IsSmall => _layout.BufferSize <= WireConstants.CopiedSize;

    /// <summary>
    /// A name that no other schema's class has: the type's full name, with <c>_</c> for each dot and <c>_0</c> for each
    /// underscore (a name can't begin with a digit, so that each text is made in one way only).
    /// </summary>
    private string ExtensionClass()
    {
        var name = new StringBuilder();
        foreach (char c in _schema.Type.DisplayName.Where(c => c != '@'))
        {
            name.Append(c switch
            {
                '.' => "_",
                '_' => "_0",
                _ => c.ToString(),
            });
        }

        return name.Append("_Views").ToString();
    }

    /// <summary>The member of the codec that has the layout for run time.</summary>
    private string LayoutTable()
    {
        var table = new StringBuilder();
        table.Append($"internal static readonly {Wire}SchemaLayout Schema = new(\n");
        table.Append($"    bufferSize: BufferSize,\n    hash: 0x{_layout.Hash:X16},");
        for (int i = 0; i < _schema.Members.Count; i++)
        {
            MemberModel member = _schema.Members[i];
            string key = _schema.Kind == SchemaKind.Dict ? CSharpText.Literal(member.Key) : "null";
            string wire = CSharpText.Literal(member.Value.Wire.Description);
            string name = CSharpText.Literal(member.Name);
            table.Append($"\n    new {Wire}SchemaMember({name}, {key}, {wire}, ");
            table.Append($"{_layout.Places[i].DataOffset}, {_layout.Places[i].DataSize})");
            if (member.LengthKey is { } lengthKey)
            {
                string lengthName = CSharpText.Literal(member.LengthName!);
                table.Append($",\n    new {Wire}SchemaMember({lengthName}, {CSharpText.Literal(lengthKey)}, \"int\", ");
                table.Append($"{_layout.Places[i].CounterOffset}, 8)");
            }

            table.Append(i == _schema.Members.Count - 1 ? ");" : ",");
        }

        return table.ToString();
    }
}
