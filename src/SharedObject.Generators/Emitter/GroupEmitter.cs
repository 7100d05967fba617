using System.Collections.Generic;
using System.Linq;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Layout;
using SharedObjects.Generators.Model;
using SharedObjects.Generators.Parser;

namespace SharedObjects.Generators.Emitter;

/// <summary>
/// Writes the generated half of a group: entry points, the class of handles, and the codecs of its members.
/// </summary>
internal sealed partial class GroupEmitter
{
    private const string Wire = "global::SharedObjects.Wire.";
    private const string Runtime = "global::SharedObjects.SharedObject";
    private const string Options = "global::SharedObjects.SharedObjectOptions? options";

    private readonly SourceWriter _writer = new();
    private readonly GroupModel _group;
    private readonly GroupMember[] _members;

    private GroupEmitter(PlacedGroup placed)
    {
        _group = placed.Group;
        _members =
        [
            .. _group.Members.Select((member, i) =>
                new GroupMember(member, placed.Layouts[i], _group.CodecClasses[i])),
        ];
    }

    /// <summary>The type's simple name, as in <see cref="SchemaEmitter"/>.</summary>
    private string TypeName => _group.Type.Declaration.Name;

    private GroupNames Names => _group.Names;

    internal static string Emit(PlacedGroup placed)
    {
        var emitter = new GroupEmitter(placed);
        emitter.EmitFile();
        return emitter._writer.ToString();
    }

    private void EmitFile()
    {
        var frame = new FileFrame(_writer, _group.Type);
        frame.Open(EmitRemarks);
        EmitEntryPoints();
        var equality = _group.Equality is { } model
            ? new EqualityEmitter(_writer, _group.Type, model, Names.EqualityClass)
            : null;
        equality?.Emit();
        EmitGroup();
        foreach (GroupMember member in _members.Where(member => !member.Emitter.IsNested))
        {
            _writer.WriteLine();
            EmitCodec(member);
        }

        EmitEqualityHelpers(equality?.Helpers() ?? []);
        frame.Close();
    }

    private void EmitCodec(GroupMember member)
    {
        var shape = new CodecShape(
            member.CodecClass,
            member.TypeName,
            $"{_group.Type.DisplayName}.{member.Model.Name}",
            IsReferenceType: false, // what the member's own check says about null will do
            member.Layout.BufferSize,
            SchemaHash: 0,
            InitSize: null,
            [member.Emitter],
            Construction: null);
        new CodecEmitter(_writer, shape).Emit(moreHelpers: []);
    }

    private void EmitEqualityHelpers(IEnumerable<string> helpers)
    {
        string[] all = [.. helpers];
        if (all.Length > 0)
        {
            _writer.WriteLine();
            _writer.WriteLine(GeneratedCode.Attribute);
            _writer.WriteLine($"private static class {Names.EqualityClass}");
            _writer.OpenBlock();
            _writer.WriteLine(string.Join("\n\n", all));
            _writer.CloseBlock();
        }
    }

    private void EmitRemarks()
    {
        _writer.WriteLine(
            """
            /// <remarks>
            /// Each member is a shared object of its own:
            /// <code>
            """);
        string[][] rows =
        [
            ["member", "object", "type", "size"],
            .. _members.Select(member => new[]
            {
                member.Model.Name,
                CSharpText.Literal(GroupParser.ObjectNameOf(_group.ObjectName, member.Model.Key)),
                member.Model.Value.Wire.Description,
                $"{member.Layout.BufferSize}",
            }),
        ];
        int[] widths = [.. Enumerable.Range(0, 4).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            IEnumerable<string> cells =
                row.Select((cell, i) => i < 3 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]));
            _writer.WriteLine($"/// {CSharpText.Xml(string.Join("  ", cells))}");
        }

        _writer.WriteLine(
            """
            /// </code>
            /// They are not one: each is fetched and assigned as a whole, but what was fetched from one may be newer
            /// than what was fetched from another.
            /// </remarks>
            """);
    }

    /// <summary>A member with all that its code needs.</summary>
    private sealed class GroupMember(MemberModel model, SchemaLayout layout, string codecClass)
    {
        internal MemberModel Model => model;

        internal SchemaLayout Layout => layout;

        internal string CodecClass => codecClass;

        internal MemberEmitter Emitter { get; } = new(model, layout.Places[0], isBare: true);

        internal string Name => Emitter.Name;

        internal string TypeName => model.Value.CSharpName;

        internal string HandleType => $"{Runtime}<{TypeName}>";

        /// <summary>The expression for the object's name, where the group's is <c>name</c>.</summary>
        internal string ObjectName => $"name + {CSharpText.Literal("_" + model.Key)}";

        internal string Codec => model.Value is NestedValue nested
            ? $"{nested.TypeName}.{nested.Names.Codec}"
            : $"{codecClass}.Instance";

        /// <summary>The member of a value, which the codec checks for null.</summary>
        internal string Of(string value) => $"{value}.{Name}{(model.MayBeNull ? "!" : "")}";
    }
}
