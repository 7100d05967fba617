using Microsoft.CodeAnalysis.CSharp;

namespace SharedObjects.Generators.Helpers;

/// <summary>Names and texts as they stand in C# source.</summary>
internal static class CSharpText
{
    /// <summary>The identifier, with an <c>@</c> where it is a keyword.</summary>
    internal static string Identifier(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None
        || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None
            ? "@" + name
            : name;

    /// <summary>A string literal.</summary>
    internal static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>Text inside an XML documentation comment.</summary>
    internal static string Xml(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
