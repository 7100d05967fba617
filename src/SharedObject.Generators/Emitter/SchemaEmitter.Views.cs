using System.Collections.Generic;
using System.Linq;

namespace SharedObjects.Generators.Emitter;

/// <summary>The view and the writer: the members where they are, without a value of the schema being made.</summary>
internal sealed partial class SchemaEmitter
{
    private const string NotBrowsable =
        "[global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]";

    private MemberScope ViewScope => new(Unused("_bytes"), Names.CodecClass + ".", Unused("_context"), "value");

    private void EmitView()
    {
        MemberScope scope = ViewScope;
        string[] members = [.. _members.SelectMany(member => member.ViewMembers(scope))];
        _writer.WriteLine(
            $"""
            /// <summary>
            /// The members of an object of this type where they are: each is read from the object when it is asked for.
            /// It lives in the function it is given to, and so do its spans.
            /// </summary>
            /// <remarks>
            /// Reading a number that its C# type can't hold throws a
            /// <see cref="global::SharedObjects.SharedRangeException"/>, as fetching the whole value does.
            /// </remarks>
            {GeneratedCode.Attribute}
            public readonly ref struct {Names.View}
            """);
        EmitRefStruct(Names.View, "global::System.ReadOnlySpan<byte>", scope, members, nested: []);
    }

    private void EmitWriter()
    {
        MemberScope scope = ViewScope;
        string[] members = [.. _members.SelectMany(member => member.WriterMembers(scope))];
        string[] nested = [.. _members.Select(member => member.NestedWriter(scope)).OfType<string>()];
        // A writer with others in its fields must let their properties be set.
        string isReadOnly = nested.Length == 0 ? "readonly " : "";
        _writer.WriteLine(
            $"""
            /// <summary>
            /// The members of an object of this type where they are, to be changed one by one. It lives in the action
            /// it is given to, and so do its spans.
            /// </summary>
            /// <remarks>
            /// What does not fit a member throws a <see cref="global::SharedObjects.SharedValueException"/> before
            /// anything of that member is written.
            /// </remarks>
            {GeneratedCode.Attribute}
            public {isReadOnly}ref struct {Names.Writer}
            """);
        EmitRefStruct(Names.Writer, "global::System.Span<byte>", scope, members, nested);
    }

    private void EmitRefStruct(string name, string bytesType, MemberScope scope, string[] members, string[] nested)
    {
        bool usesContext = members.Any(member => member.Contains(scope.Context));
        bool usesBytes = members.Any(member => member.Contains(scope.Bytes));
        _writer.OpenBlock();
        if (usesBytes)
        {
            _writer.WriteLine($"private readonly {bytesType} {scope.Bytes};");
        }

        if (usesContext)
        {
            _writer.WriteLine($"private readonly {Wire}CodecContext {scope.Context};");
        }

        _writer.WriteLine(
            $"""

            /// <summary>For generated code.</summary>
            /// <param name="bytes">The object, from its first byte on.</param>
            /// <param name="context">The object.</param>
            {NotBrowsable}
            public {name}({bytesType} bytes, scoped {Context})
            """);
        _writer.OpenBlock();
        if (usesBytes)
        {
            _writer.WriteLine($"{scope.Bytes} = bytes;");
        }

        if (usesContext)
        {
            _writer.WriteLine($"{scope.Context} = context;");
        }

        foreach (string statement in nested)
        {
            _writer.WriteLine(statement);
        }

        _writer.CloseBlock();
        foreach (string member in members)
        {
            _writer.WriteLine();
            _writer.WriteLine(member);
        }

        _writer.CloseBlock();
        _writer.WriteLine();
    }

    private IEnumerable<string> BoolHelpers()
    {
        if (_members.Any(member => member.NeedsBools))
        {
            yield return
                $$"""
                // A bool of the wire may be any byte; neither a view nor a writer shows one that is neither 0 nor 1.
                internal static bool[] CopyBools(global::System.ReadOnlySpan<byte> bytes, int offset, int length)
                {
                    bool[] copy = new bool[length];
                    {{Wire}}WireArray.Read<bool>(bytes, offset, copy);
                    return copy;
                }

                internal static global::System.Span<bool> NormaliseBools(global::System.Span<byte> bytes, int offset, int length)
                {
                    global::System.Span<bool> bools =
                        global::System.Runtime.InteropServices.MemoryMarshal.Cast<byte, bool>(bytes.Slice(offset, length));
                    {{Wire}}WireArray.Read<bool>(bytes, offset, bools);
                    return bools;
                }
                """;
        }
    }

    /// <summary>A name for a private field of a view, whose properties have the members' names.</summary>
    private string Unused(string name)
    {
        while (_schema.Members.Any(member => member.Name == name || member.RowsName == name || member.LengthName == name))
        {
            name += "_";
        }

        return name;
    }
}
