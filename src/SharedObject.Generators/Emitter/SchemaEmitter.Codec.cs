using System.Linq;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Emitter;

/// <summary>The codec, a private class inside the type, so that private constructors and setters are within its reach.</summary>
internal sealed partial class SchemaEmitter
{
    private MemberEmitter[] Members() => [.. _schema.Members.Select((member, i) => new MemberEmitter(member, _layout.Places[i]))];

    private void EmitCodec()
    {
        MemberEmitter[] members = Members();
        _writer.WriteLine(GeneratedCode.Attribute);
        _writer.WriteLine($"private sealed class {Names.CodecClass} : {Wire}SharedCodec<{TypeName}>");
        _writer.OpenBlock();
        EmitConstants(members);
        EmitConstructor();
        EmitFixedLayout(members);
        EmitValidate(members);
        EmitWrite(members);
        EmitRead(members);
        EmitReadInto(members);
        foreach (string helper in members.Select(member => member.ReadHelper()).OfType<string>())
        {
            _writer.WriteLine();
            _writer.WriteLine(helper);
        }

        if (_schema.Equality is { } equality)
        {
            EmitEqualityHelpers(equality);
        }

        _writer.CloseBlock();
    }

    private void EmitConstants(MemberEmitter[] members)
    {
        _writer.WriteLine($"internal static readonly {Names.CodecClass} Instance = new();");
        _writer.WriteLine();
        _writer.WriteLine($"private const int BufferSize = {_layout.BufferSize};");
        if (_schema.Kind == SchemaKind.Dict)
        {
            _writer.WriteLine($"private const int InitSize = {_schema.InitSize};");
        }

        _writer.WriteLine();
        foreach ((string name, int value) in members.SelectMany(member => member.Constants()))
        {
            _writer.WriteLine($"private const int {name} = {value};");
        }

        _writer.WriteLine();
    }

    private void EmitConstructor() => _writer.WriteLine(
        $$"""
        private {{Names.CodecClass}}()
        {
            // The constants were computed when this was compiled; the runtime that is loaded now must agree with them.
            if (FixedLayout.BufferSize != BufferSize)
            {
                throw new global::System.InvalidOperationException(
                    $"The layout of {{_schema.Type.FullName.Replace("global::", "")}} takes {BufferSize} bytes in its generated code, but {FixedLayout.BufferSize} in the SharedObject.Runtime that is loaded: rebuild all projects against one version of it.");
            }
        }

        """);

    private void EmitFixedLayout(MemberEmitter[] members)
    {
        if (_schema.Kind == SchemaKind.Value)
        {
            _writer.WriteLine($"public override {Wire}ObjectLayout FixedLayout {{ get; }} = new({members[0].Layout()});");
        }
        else
        {
            _writer.WriteLine($"public override {Wire}ObjectLayout FixedLayout {{ get; }} = new({Wire}ValueLayout.Dict(");
            _writer.Indentation++;
            for (int i = 0; i < members.Length; i++)
            {
                string end = i == members.Length - 1 ? "));" : ",";
                _writer.WriteLine($"{Wire}DictItem.Of({CSharpText.Literal(_schema.Members[i].Key)}, {members[i].Layout()}, InitSize){end}");
            }

            _writer.Indentation--;
        }

        _writer.WriteLine();
    }

    private void EmitValidate(MemberEmitter[] members)
    {
        _writer.WriteLine($"public override void Validate(in {TypeName} value, {Context})");
        _writer.OpenBlock();
        if (_schema.Type.IsReferenceType)
        {
            _writer.WriteLine("global::System.ArgumentNullException.ThrowIfNull(value);");
        }

        string[] checks = [.. members.Select(member => member.Check()).OfType<string>()];
        foreach (string check in checks)
        {
            _writer.WriteLine(check);
        }

        if (checks.Length == 0)
        {
            _writer.WriteLine("// Every value of the members fits.");
        }

        _writer.CloseBlock();
        _writer.WriteLine();
    }

    private void EmitWrite(MemberEmitter[] members)
    {
        _writer.WriteLine($"public override void Write(in {TypeName} value, global::System.Span<byte> bytes, {Context})");
        _writer.OpenBlock();
        foreach (MemberEmitter member in members)
        {
            _writer.WriteLine(member.Write());
        }

        _writer.CloseBlock();
        _writer.WriteLine();
    }

    private void EmitRead(MemberEmitter[] members)
    {
        _writer.WriteLine($"public override {TypeName} Read({Bytes}, {Context}) =>");
        _writer.Indentation++;
        EmitConstruction(members, [.. members.Select(member => member.Read())]);
        _writer.Indentation--;
    }

    private void EmitReadInto(MemberEmitter[] members)
    {
        // An object is filled member by member: if a number turns out not to fit its member, those before it are new already.
        bool inPlace = _schema.Construction.InPlace;
        if (!inPlace && !members.Any(member => member.Reuses))
        {
            return; // the inherited one, which makes a new value, is as good
        }

        _writer.WriteLine();
        _writer.WriteLine($"public override void ReadInto({Bytes}, ref {TypeName} value, {Context})");
        _writer.OpenBlock();
        if (_schema.Type.IsReferenceType)
        {
            _writer.WriteLine(
                """
                if (value is null)
                {
                    value = Read(bytes, context);
                    return;
                }

                """);
        }

        if (inPlace)
        {
            foreach (MemberEmitter member in members)
            {
                _writer.WriteLine($"value.{member.Name} = {member.ReadInto()};");
            }
        }
        else
        {
            _writer.WriteLine("value =");
            _writer.Indentation++;
            EmitConstruction(members, [.. members.Select(member => member.ReadInto())]);
            _writer.Indentation--;
        }

        _writer.CloseBlock();
    }

    /// <summary>Writes <c>new T(…) { … };</c> with an expression for each member.</summary>
    private void EmitConstruction(MemberEmitter[] members, string[] values)
    {
        ConstructionModel construction = _schema.Construction;
        bool hasInitializer = construction.Initialized.Count > 0;
        if (construction.Arguments.Count == 0)
        {
            _writer.WriteLine($"new {TypeName}{(hasInitializer ? "" : "();")}");
        }
        else
        {
            _writer.WriteLine($"new {TypeName}(");
            _writer.Indentation++;
            EmitList(construction.Arguments, i => values[i], last: hasInitializer ? ")" : ");");
            _writer.Indentation--;
        }

        if (hasInitializer)
        {
            _writer.WriteLine("{");
            _writer.Indentation++;
            EmitList(construction.Initialized, i => $"{members[i].Name} = {values[i]}", last: ",");
            _writer.Indentation--;
            _writer.WriteLine("};");
        }
    }

    private void EmitList(ImmutableEquatableArray<int> members, System.Func<int, string> item, string last)
    {
        for (int i = 0; i < members.Count; i++)
        {
            _writer.WriteLine(item(members[i]) + (i == members.Count - 1 ? last : ","));
        }
    }
}
