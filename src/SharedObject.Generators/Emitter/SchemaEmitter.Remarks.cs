using System.Collections.Generic;
using System.Linq;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Layout;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Emitter;

/// <summary>The layout as a table in the documentation of the type.</summary>
internal sealed partial class SchemaEmitter
{
    private void EmitRemarks()
    {
        string what = _schema.Kind == SchemaKind.Value ? "this value itself" : "a Python <c>dict</c> with an item a member";
        _writer.WriteLine(
            $"""
            /// <remarks>
            /// The shared object is {what}; it takes {_layout.BufferSize} bytes.
            /// <code>
            """);
        foreach (string line in Table())
        {
            _writer.WriteLine($"/// {CSharpText.Xml(line)}");
        }

        _writer.WriteLine(
            """
            /// </code>
            /// An offset is that of the value's data area, the byte behind its type tag, counted from the object's first byte.
            /// </remarks>
            """);
    }

    private IEnumerable<string> Table()
    {
        bool hasKeys = _schema.Kind == SchemaKind.Dict;
        List<string[]> rows = [["member", "key", "type", "offset", "size"]];
        for (int i = 0; i < _schema.Members.Count; i++)
        {
            MemberModel member = _schema.Members[i];
            MemberPlace place = _layout.Places[i];
            rows.Add(
            [
                member.Name,
                CSharpText.Literal(member.Key),
                member.Value.Wire.Description,
                $"{place.DataOffset}",
                $"{place.DataSize}",
            ]);
            if (member.LengthKey is { } lengthKey)
            {
                rows.Add([member.LengthName!, CSharpText.Literal(lengthKey), "int", $"{place.CounterOffset}", "8"]);
            }
        }

        int[] widths = [.. Enumerable.Range(0, 5).Select(column => rows.Max(row => row[column].Length))];
        return rows.Select(row => string.Join("  ", Enumerable.Range(0, 5)
            .Where(column => hasKeys || column != 1)
            .Select(column => column < 3 ? row[column].PadRight(widths[column]) : row[column].PadLeft(widths[column]))));
    }
}
