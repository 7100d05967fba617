using System;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Model;

namespace SharedObjects.Generators.Emitter;

/// <summary>Writes <c>new T(…) { … };</c> with an expression for each member.</summary>
internal static class ConstructionEmitter
{
    internal static void Emit(
        SourceWriter writer, string typeName, ConstructionModel construction, string[] members, string[] values)
    {
        bool hasInitializer = construction.Initialized.Count > 0;
        if (construction.Arguments.Count == 0)
        {
            writer.WriteLine($"new {typeName}{(hasInitializer ? "" : "();")}");
        }
        else
        {
            writer.WriteLine($"new {typeName}(");
            writer.Indentation++;
            EmitList(writer, construction.Arguments, i => values[i], last: hasInitializer ? ")" : ");");
            writer.Indentation--;
        }

        if (hasInitializer)
        {
            writer.WriteLine("{");
            writer.Indentation++;
            EmitList(writer, construction.Initialized, i => $"{members[i]} = {values[i]}", last: ",");
            writer.Indentation--;
            writer.WriteLine("};");
        }
    }

    private static void EmitList(
        SourceWriter writer, ImmutableEquatableArray<int> members, Func<int, string> item, string last)
    {
        for (int i = 0; i < members.Count; i++)
        {
            writer.WriteLine(item(members[i]) + (i == members.Count - 1 ? last : ","));
        }
    }
}
