namespace SharedObjects.Generators;

/// <summary>The names of the pipeline's steps, by which tests see whether each was cached.</summary>
internal static class TrackingNames
{
    internal const string Schemas = nameof(Schemas);
    internal const string Layouts = nameof(Layouts);
    internal const string Groups = nameof(Groups);
    internal const string GroupLayouts = nameof(GroupLayouts);
    internal const string AmbiguousFiles = nameof(AmbiguousFiles);

    internal static readonly string[] All = [Schemas, Layouts, Groups, GroupLayouts, AmbiguousFiles];
}
