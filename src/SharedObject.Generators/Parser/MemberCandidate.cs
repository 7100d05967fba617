using Microsoft.CodeAnalysis;

namespace SharedObjects.Generators.Parser;

/// <summary>A property or field that is to be shared, before its type was looked at.</summary>
/// <param name="symbol">The property or field.</param>
/// <param name="type">Its type.</param>
/// <param name="backing">The compiler's field behind an automatic property, which may carry attributes.</param>
internal sealed class MemberCandidate(ISymbol symbol, ITypeSymbol type, IFieldSymbol? backing)
{
    internal ISymbol Symbol => symbol;

    internal string Name => symbol.Name;

    internal ITypeSymbol Type => type;

    /// <summary>
    /// The constructor parameter that becomes this member, if there is one. Attributes of positional records are there.
    /// </summary>
    internal IParameterSymbol? Parameter { get; set; }

    /// <summary>Where the member is declared: for a positional one that is the parameter.</summary>
    internal ISymbol Declared => symbol.DeclaringSyntaxReferences.IsEmpty && Parameter is { } parameter ? parameter : symbol;

    internal bool IsRequired => symbol is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true };

    /// <summary>Whether an object initializer can set it.</summary>
    internal bool CanInitialize => symbol is IPropertySymbol { SetMethod: not null } or IFieldSymbol { IsReadOnly: false };

    /// <summary>Whether it can be set in an existing object.</summary>
    internal bool CanSet => symbol is IPropertySymbol { SetMethod.IsInitOnly: false } or IFieldSymbol { IsReadOnly: false };

    /// <summary>Whether it is a property that only computes something.</summary>
    internal bool IsComputed => symbol is IPropertySymbol { SetMethod: null } && backing is null;

    internal MemberAttributes Attributes => MemberAttributes.Of(Parameter, symbol, backing);

    /// <summary>Whether a constructor parameter is this member by name and type.</summary>
    internal bool Matches(IParameterSymbol parameter, System.StringComparison comparison) =>
        string.Equals(parameter.Name, Name, comparison)
        && parameter.RefKind is RefKind.None or RefKind.In
        && SymbolEqualityComparer.Default.Equals(parameter.Type, Type);
}
