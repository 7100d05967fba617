using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace SharedObjects.Generators.Diagnostics;

/// <summary>Where the parser reports what it finds.</summary>
internal abstract class DiagnosticSink
{
    /// <summary>For the generator, which leaves reporting to <see cref="SharedObjectAnalyzer"/>.</summary>
    internal static DiagnosticSink None { get; } = new Discarding();

    internal abstract void Report(DiagnosticDescriptor descriptor, Location location, params object[] arguments);

    private sealed class Discarding : DiagnosticSink
    {
        internal override void Report(DiagnosticDescriptor descriptor, Location location, params object[] arguments)
        {
        }
    }
}

internal sealed class DiagnosticList : DiagnosticSink
{
    internal List<Diagnostic> Items { get; } = [];

    internal override void Report(DiagnosticDescriptor descriptor, Location location, params object[] arguments) =>
        Items.Add(Diagnostic.Create(descriptor, location, arguments));
}
