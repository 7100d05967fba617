using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using SharedObjects.Generators.Diagnostics;

namespace SharedObjects.Generators.Parser;

/// <summary>What the parser carries with it from one type into those nested in it.</summary>
internal sealed class ParseContext(DiagnosticSink sink, ImmutableArray<INamedTypeSymbol> chain, CancellationToken cancellation)
{
    internal CancellationToken Cancellation => cancellation;

    /// <summary>The schemas that are being parsed, outermost first.</summary>
    internal ImmutableArray<INamedTypeSymbol> Chain => chain;

    /// <summary>Whether an error was reported, so that there is no model.</summary>
    internal bool HasErrors { get; private set; }

    /// <summary>The types of a cycle that was met further in, for the outermost schema to report.</summary>
    internal ImmutableArray<INamedTypeSymbol> Cycle { get; private set; } = [];

    internal void Report(DiagnosticDescriptor descriptor, Location location, params object[] arguments)
    {
        HasErrors |= descriptor.DefaultSeverity == DiagnosticSeverity.Error;
        sink.Report(descriptor, location, arguments);
    }

    /// <summary>Notes an error that is reported elsewhere: at the nested schema that has it.</summary>
    internal void Fail() => HasErrors = true;

    internal void FailWithCycle(ImmutableArray<INamedTypeSymbol> cycle)
    {
        Cycle = cycle;
        HasErrors = true;
    }

    /// <summary>
    /// The context for a schema nested in this one. What is wrong in there is reported when that type itself is parsed.
    /// </summary>
    internal ParseContext Nested(INamedTypeSymbol type) => new(DiagnosticSink.None, chain.Add(type), cancellation);
}
