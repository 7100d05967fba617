namespace SharedObjects.Generators;

/// <summary>The names of the pipeline's steps, by which tests see whether each was cached.</summary>
internal static class TrackingNames
{
    internal const string Schemas = nameof(Schemas);
    internal const string Layouts = nameof(Layouts);

    internal static readonly string[] All = [Schemas, Layouts];
}
