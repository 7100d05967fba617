using SharedObjects.Generators.Helpers;

namespace SharedObjects.Generators.Model;

/// <summary>The annotated type, and where its generated half stands.</summary>
/// <param name="Namespace">The namespace, or null for the global one.</param>
/// <param name="Containers">The containing types, outermost first.</param>
/// <param name="Declaration">The type itself.</param>
/// <param name="FullName">The type with <c>global::</c>, as it stands in source.</param>
/// <param name="HintName">The name of the generated file, without its extension.</param>
/// <param name="IsReferenceType">Whether a value can be null.</param>
/// <param name="Reach">From where the type can be named.</param>
internal sealed record TypeModel(
    string? Namespace,
    ImmutableEquatableArray<TypeDeclarationModel> Containers,
    TypeDeclarationModel Declaration,
    string FullName,
    string HintName,
    bool IsReferenceType,
    TypeReach Reach)
{
    /// <summary>The type as messages write it.</summary>
    internal string DisplayName => FullName.Replace("global::", "");
}

/// <summary>From where a type can be named, all types around it considered.</summary>
internal enum TypeReach
{
    Everywhere,
    Assembly,

    /// <summary>Only inside the types around it: extension methods of it can't be declared.</summary>
    Hidden,
}

/// <summary>One <c>partial</c> declaration.</summary>
/// <param name="Keyword">What follows <c>partial</c>: <c>class</c>, <c>record struct</c>, …</param>
/// <param name="Name">The name, as it stands in source.</param>
internal sealed record TypeDeclarationModel(string Keyword, string Name);
