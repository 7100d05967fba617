using System;
using System.Linq;

namespace SharedObjects.Generators.Emitter;

/// <summary>The class of the handles.</summary>
internal sealed partial class GroupEmitter
{
    private void EmitGroup()
    {
        _writer.WriteLine(
            $"""
            /// <summary>The handles of the objects of one group, and what can be done with all of them.</summary>
            {GeneratedCode.Attribute}
            public sealed class {Names.Group} : global::System.IDisposable
            """);
        _writer.OpenBlock();
        _writer.WriteLine($"private {Names.Group}()");
        _writer.OpenBlock();
        _writer.CloseBlock();
        foreach (GroupMember member in _members)
        {
            _writer.WriteLine(
                $$"""

                /// <summary>The object of <c>{{member.Model.Name}}</c>: {{member.Model.Value.Wire.Description}}.</summary>
                {{member.Emitter.Modifiers}} {{member.HandleType}} {{member.Name}} { get; private set; } = null!;
                """);
        }

        EmitModified();
        EmitFetch();
        EmitFetchInto();
        EmitAssign();
        EmitDispose();
        EmitOpening(Names.Open, "Open", value: null);
        EmitOpening(Names.OpenOrCreate, "OpenOrCreate", value: null);
        EmitOpening(Names.OpenOrCreate, "OpenOrCreate", value: "initial");
        EmitOpening(Names.Create, "Create", value: "initial");
        EmitOpening(Names.Publish, "Publish", value: "value");
        EmitValidate();
        _writer.CloseBlock();
    }

    private void EmitModified()
    {
        _writer.WriteLine(
            $"""

            /// <summary>Whether any of the objects was assigned or triggered since it was last seen here.</summary>
            public bool {Names.Modified} =>
            """);
        _writer.Indentation++;
        for (int i = 0; i < _members.Length; i++)
        {
            string or = i == 0 ? "" : "|| ", end = i == _members.Length - 1 ? ";" : "";
            _writer.WriteLine($"{or}this.{_members[i].Name}.Modified{end}");
        }

        _writer.Indentation--;
    }

    private void EmitFetch()
    {
        _writer.WriteLine(
            $"""

            /// <summary>The values of all objects, one fetched after the other.</summary>
            /// <exception cref="global::SharedObjects.SharedNeverAssignedException">
            /// One has no value yet; the message names it.
            /// </exception>
            public {TypeName} {Names.Fetch}() =>
            """);
        _writer.Indentation++;
        EmitConstruction([.. _members.Select(member => $"this.{member.Name}.Fetch()")]);
        _writer.Indentation--;
    }

    private void EmitFetchInto()
    {
        _writer.WriteLine(
            $"""

            /// <summary>
            /// Fetches the values of all objects into an earlier value: its arrays are filled again where they fit.
            /// </summary>
            /// <param name="value">The earlier value, or the default; afterwards the objects'.</param>
            /// <exception cref="global::SharedObjects.SharedNeverAssignedException">
            /// One has no value yet; the message names it.
            /// </exception>
            public void {Names.FetchInto}(ref {TypeName} value)
            """);
        _writer.OpenBlock();
        if (_group.Type.IsReferenceType)
        {
            _writer.WriteLine(
                $$"""
                if (value is null)
                {
                    value = {{Names.Fetch}}();
                    return;
                }

                """);
        }

        foreach (GroupMember member in _members)
        {
            _writer.WriteLine($"{member.TypeName} {member.Emitter.Local} = {member.Of("value")};");
            _writer.WriteLine($"this.{member.Name}.FetchInto(ref {member.Emitter.Local});");
        }

        if (_group.Construction.InPlace)
        {
            foreach (GroupMember member in _members)
            {
                _writer.WriteLine($"value.{member.Name} = {member.Emitter.Local};");
            }
        }
        else
        {
            _writer.WriteLine("value =");
            _writer.Indentation++;
            EmitConstruction([.. _members.Select(member => member.Emitter.Local)]);
            _writer.Indentation--;
        }

        _writer.CloseBlock();
    }

    private void EmitAssign()
    {
        _writer.WriteLine(
            $"""

            /// <summary>Assigns the members to their objects, one after the other.</summary>
            /// <param name="value">The values.</param>
            /// <returns>These handles.</returns>
            /// <exception cref="global::SharedObjects.SharedValueException">
            /// A member does not fit its object. Nothing was written.
            /// </exception>
            public {Names.Group} {Names.Assign}({TypeName} value)
            """);
        _writer.OpenBlock();
        EmitChecks(member => $"this.{member.Name}.Name", member => $"this.{member.Name}.Layout");
        _writer.WriteLine();
        foreach (GroupMember member in _members)
        {
            _writer.WriteLine($"this.{member.Name}.Assign({member.Of("value")});");
        }

        _writer.WriteLine("return this;");
        _writer.CloseBlock();
    }

    private void EmitDispose()
    {
        _writer.WriteLine(
            $"""

            /// <summary>Closes all handles; the objects stay.</summary>
            public void {Names.Dispose}()
            """);
        _writer.OpenBlock();
        _writer.WriteLine("// A group whose opening failed half-way has only the first of its handles.");
        foreach (GroupMember member in _members)
        {
            _writer.WriteLine($"this.{member.Name}?.Dispose();");
        }

        _writer.CloseBlock();
        if (Names.Dispose != "Dispose")
        {
            _writer.WriteLine();
            _writer.WriteLine($"void global::System.IDisposable.Dispose() => {Names.Dispose}();");
        }
    }

    private void EmitOpening(string method, string runtimeMethod, string? value)
    {
        bool isCreate = runtimeMethod == "Create";
        string parameter = value is null ? "" : $"{TypeName} {value}, ";
        _writer.WriteLine();
        _writer.WriteLine($"internal static {Names.Group} {method}(string name, {parameter}{Options})");
        _writer.OpenBlock();
        _writer.WriteLine(value is null
            ? "global::System.ArgumentNullException.ThrowIfNull(name);"
            : $"{Names.Validate}(name, {value});");
        _writer.WriteLine($"var group = new {Names.Group}();");
        _writer.WriteLine("try");
        _writer.OpenBlock();
        foreach (GroupMember member in _members)
        {
            string argument = value is null ? "" : member.Of(value) + ", ";
            string call = $"{Runtime}.{runtimeMethod}<{member.TypeName}>";
            _writer.WriteLine($"group.{member.Name} = {call}({member.ObjectName}, {argument}{member.Codec}, options);");
        }

        _writer.WriteLine("return group;");
        _writer.CloseBlock();
        _writer.WriteLine("catch");
        _writer.OpenBlock();
        if (isCreate)
        {
            foreach (GroupMember member in _members)
            {
                _writer.WriteLine($"group.{member.Name}?.Unlink();");
            }
        }

        _writer.WriteLine($"group.{Names.Dispose}();");
        _writer.WriteLine("throw;");
        _writer.CloseBlock();
        _writer.CloseBlock();
    }

    private void EmitValidate()
    {
        _writer.WriteLine();
        _writer.WriteLine($"private static void {Names.Validate}(string name, in {TypeName} value)");
        _writer.OpenBlock();
        _writer.WriteLine("global::System.ArgumentNullException.ThrowIfNull(name);");
        // The contract allows a codec without a fixed layout; a schema's is none of those.
        EmitChecks(
            member => member.ObjectName,
            member => member.Codec + ".FixedLayout" + (member.Emitter.IsNested ? "!" : ""));
        _writer.CloseBlock();
    }

    /// <summary>Checks all members, so that none is written if another can't be.</summary>
    private void EmitChecks(Func<GroupMember, string> objectName, Func<GroupMember, string> layout)
    {
        if (_group.Type.IsReferenceType)
        {
            _writer.WriteLine("global::System.ArgumentNullException.ThrowIfNull(value);");
        }

        foreach (GroupMember member in _members)
        {
            string context = $"new {Wire}CodecContext({objectName(member)}, {layout(member)})";
            _writer.WriteLine($"{member.Codec}.Validate({member.Of("value")}, {context});");
        }
    }

    private void EmitConstruction(string[] values) => ConstructionEmitter.Emit(
        _writer, TypeName, _group.Construction, [.. _members.Select(member => member.Name)], values);
}
