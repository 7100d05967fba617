using System.Collections.Generic;
using System.Linq;
using SharedObjects.Generators.Layout;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Emitter;

/// <summary>
/// Writes the generated half of a schema. Everything that takes thought was decided by the parser and the layout; here it
/// is only put into words.
/// </summary>
internal sealed partial class SchemaEmitter
{
    private const string Wire = "global::SharedObjects.Wire.";
    private const string Context = "in global::SharedObjects.Wire.CodecContext context";

    private readonly SourceWriter _writer = new();
    private readonly SchemaModel _schema;
    private readonly SchemaLayout _layout;
    private readonly MemberEmitter[] _members;

    private SchemaEmitter(PlacedSchema placed)
    {
        _schema = placed.Schema;
        _layout = placed.Layout;
        _members = [.. _schema.Members.Select((member, i) => new MemberEmitter(member, _layout.Places[i]))];
    }

    /// <summary>
    /// The type's simple name: everything stands inside the type, where no member can have that name and take it over.
    /// All other types are written with <c>global::</c>.
    /// </summary>
    private string TypeName => _schema.Type.Declaration.Name;

    private GeneratedNames Names => _schema.Names;

    internal static string Emit(PlacedSchema placed)
    {
        var emitter = new SchemaEmitter(placed);
        emitter.EmitFile();
        return emitter._writer.ToString();
    }

    private void EmitFile()
    {
        var frame = new FileFrame(_writer, _schema.Type);
        frame.Open(EmitRemarks);
        EmitEntryPoints();
        if (_schema.Type.Reach == TypeReach.Hidden)
        {
            EmitViewMethods(isExtension: false);
        }

        var equality = _schema.Equality is { } model
            ? new EqualityEmitter(_writer, _schema.Type, model, Names.CodecClass)
            : null;
        equality?.Emit();
        EmitView();
        EmitWriter();
        EmitCodec(equality);
        frame.Close();
        if (_schema.Type.Reach != TypeReach.Hidden)
        {
            EmitExtensions();
        }
    }

    private void EmitCodec(EqualityEmitter? equality)
    {
        var shape = new CodecShape(
            Names.CodecClass,
            TypeName,
            _schema.Type.DisplayName,
            _schema.Type.IsReferenceType,
            _layout.BufferSize,
            _layout.Hash,
            _schema.Kind == SchemaKind.Dict ? _schema.InitSize : null,
            _members,
            _schema.Construction);
        IEnumerable<string> helpers = [LayoutTable(), .. equality?.Helpers() ?? [], .. BoolHelpers()];
        new CodecEmitter(_writer, shape).Emit(helpers);
    }
}
