using System.Collections.Generic;
using System.Linq;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Emitter;

/// <summary>What a codec is made for.</summary>
/// <param name="ClassName">The codec's name.</param>
/// <param name="TypeName">The type of the values, as it stands in source.</param>
/// <param name="DisplayName">The type of the values, as messages write it.</param>
/// <param name="IsReferenceType">Whether a value can be null.</param>
/// <param name="BufferSize">The size of an object.</param>
/// <param name="SchemaHash">The hash of the schema; 0 if there is none.</param>
/// <param name="InitSize">The capacity rule of the keys; null unless the object is a dict.</param>
/// <param name="Members">The members.</param>
/// <param name="Construction">How a value is made of the members; null where the only member is the value.</param>
internal sealed record CodecShape(
    string ClassName,
    string TypeName,
    string DisplayName,
    bool IsReferenceType,
    int BufferSize,
    ulong SchemaHash,
    int? InitSize,
    MemberEmitter[] Members,
    ConstructionModel? Construction);

/// <summary>
/// The codec, a private class inside the type, so that private constructors and setters are within its reach.
/// </summary>
internal sealed class CodecEmitter(SourceWriter writer, CodecShape shape)
{
    private const string Wire = "global::SharedObjects.Wire.";
    private const string Bytes = "global::System.ReadOnlySpan<byte> bytes";
    private const string Context = "in global::SharedObjects.Wire.CodecContext context";

    internal void Emit(IEnumerable<string> moreHelpers)
    {
        writer.WriteLine(GeneratedCode.Attribute);
        writer.WriteLine($"private sealed class {shape.ClassName} : {Wire}SharedCodec<{shape.TypeName}>");
        writer.OpenBlock();
        EmitConstants();
        EmitConstructor();
        EmitFixedLayout();
        EmitTraits();
        EmitValidate();
        EmitWrite();
        EmitRead();
        EmitReadInto();
        foreach (string helper in shape.Members.SelectMany(member => member.Helpers()).Concat(moreHelpers))
        {
            writer.WriteLine();
            writer.WriteLine(helper);
        }

        writer.CloseBlock();
    }

    private void EmitConstants()
    {
        writer.WriteLine($"internal static readonly {shape.ClassName} Instance = new();");
        writer.WriteLine();
        writer.WriteLine($"internal const int BufferSize = {shape.BufferSize};");
        if (shape.InitSize is { } initSize)
        {
            writer.WriteLine($"internal const int InitSize = {initSize};");
        }

        writer.WriteLine();
        foreach ((string name, int value) in shape.Members.SelectMany(member => member.Constants()))
        {
            writer.WriteLine($"internal const int {name} = {value};");
        }

        writer.WriteLine();
    }

    private void EmitConstructor() => writer.WriteLine(
        $$"""
        private {{shape.ClassName}}()
        {
            // The constants were computed when this was compiled; the runtime that is loaded now must agree with them.
            if (FixedLayout.BufferSize != BufferSize)
            {
                throw new global::System.InvalidOperationException(
                    $"The layout of {{shape.DisplayName}} takes {BufferSize} bytes in its generated code, "
                    + $"but {FixedLayout.BufferSize} in the SharedObject.Runtime that is loaded: "
                    + "rebuild all projects against one version of it.");
            }
        }

        """);

    private void EmitTraits()
    {
        if (shape.SchemaHash != 0)
        {
            writer.WriteLine($"public override ulong SchemaHash => 0x{shape.SchemaHash:X16};");
            writer.WriteLine();
        }

        if (shape.Construction?.IsPlain != false && shape.Members.All(member => member.IsPlain))
        {
            writer.WriteLine("// All that is read is loaded and copied: nothing can fail, whatever the bytes are.");
            writer.WriteLine("public override bool IsPlain => true;");
            writer.WriteLine();
        }
    }

    private void EmitFixedLayout()
    {
        string property = $"public override {Wire}ObjectLayout FixedLayout {{ get; }} = new(";
        if (shape.InitSize is null)
        {
            writer.WriteLine($"{property}{shape.Members[0].Layout()});");
        }
        else
        {
            writer.WriteLine($"{property}{Wire}ValueLayout.Dict(");
            writer.Indentation++;
            (string Key, string Layout)[] items = [.. shape.Members.SelectMany(member => member.Items())];
            for (int i = 0; i < items.Length; i++)
            {
                string end = i == items.Length - 1 ? "));" : ",";
                writer.WriteLine($"{Wire}DictItem.Of({CSharpText.Literal(items[i].Key)}, {items[i].Layout}, InitSize){end}");
            }

            writer.Indentation--;
        }

        writer.WriteLine();
    }

    private void EmitValidate()
    {
        writer.WriteLine($"public override void Validate(in {shape.TypeName} value, {Context})");
        writer.OpenBlock();
        string[] checks = [.. shape.Members.Select(member => member.Check()).OfType<string>()];
        if (shape.IsReferenceType && shape.Construction is not null)
        {
            writer.WriteLine($"{Wire}WireValue.CheckNotNull(value, context);");
        }
        else if (checks.Length == 0)
        {
            writer.WriteLine("// Every value fits.");
        }

        foreach (string check in checks)
        {
            writer.WriteLine(check);
        }

        writer.CloseBlock();
        writer.WriteLine();
    }

    private void EmitWrite()
    {
        writer.WriteLine(
            $"public override void Write(in {shape.TypeName} value, global::System.Span<byte> bytes, {Context})");
        writer.OpenBlock();
        foreach (MemberEmitter member in shape.Members)
        {
            writer.WriteLine(member.Write());
        }

        writer.CloseBlock();
        writer.WriteLine();
    }

    private void EmitRead()
    {
        writer.WriteLine($"public override {shape.TypeName} Read({Bytes}, {Context}) =>");
        writer.Indentation++;
        EmitValue([.. shape.Members.Select(member => member.Read())]);
        writer.Indentation--;
    }

    private void EmitReadInto()
    {
        bool inPlace = shape.Construction is { InPlace: true };
        if (!inPlace && !shape.Members.Any(member => member.ReadsIntoDifferently))
        {
            return; // the inherited one, which makes a new value, is as good
        }

        writer.WriteLine();
        writer.WriteLine($"public override void ReadInto({Bytes}, ref {shape.TypeName} value, {Context})");
        writer.OpenBlock();
        if (shape.IsReferenceType && shape.Construction is not null)
        {
            writer.WriteLine(
                """
                if (value is null)
                {
                    value = Read(bytes, context);
                    return;
                }

                """);
        }

        if (inPlace || shape.Members.Any(member => member.ReusesAndMayFail))
        {
            EmitReadIntoLocals(inPlace);
        }
        else
        {
            writer.WriteLine("value =");
            writer.Indentation++;
            EmitValue([.. shape.Members.Select(member => member.ReadInto())]);
            writer.Indentation--;
        }

        writer.CloseBlock();
    }

    private void EmitReadIntoLocals(bool inPlace)
    {
        writer.WriteLine(
            """
            // What may be refused is read first (numbers out of range, text that is none), so that nothing has
            // changed then; last what can't fail and is filled again in place.
            """);
        foreach (MemberEmitter member in shape.Members.OrderBy(member => member.ReusesAndMayFail ? 1 : member.Reuses ? 2 : 0))
        {
            writer.WriteLine($"var {member.Local} = {member.ReadInto()};");
        }

        if (inPlace)
        {
            foreach (MemberEmitter member in shape.Members)
            {
                writer.WriteLine($"value.{member.Name} = {member.Local};");
            }

            return;
        }

        writer.WriteLine("value =");
        writer.Indentation++;
        EmitValue([.. shape.Members.Select(member => member.Local)]);
        writer.Indentation--;
    }

    private void EmitValue(string[] values)
    {
        if (shape.Construction is { } construction)
        {
            string[] names = [.. shape.Members.Select(member => member.Name)];
            ConstructionEmitter.Emit(writer, shape.TypeName, construction, names, values);
        }
        else
        {
            writer.WriteLine(values[0] + ";");
        }
    }
}
