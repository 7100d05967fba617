namespace SharedObjects.Generators.Emitter;

/// <summary>The mark on everything that is generated, by which the parser knows its own output again.</summary>
internal static class GeneratedCode
{
    internal const string Tool = "SharedObject.Generators";

    private static readonly string Version = typeof(GeneratedCode).Assembly.GetName().Version.ToString(3);

    internal static readonly string Attribute =
        $"[global::System.CodeDom.Compiler.GeneratedCode(\"{Tool}\", \"{Version}\")]";
}
