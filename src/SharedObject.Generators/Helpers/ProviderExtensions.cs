using Microsoft.CodeAnalysis;

namespace SharedObjects.Generators.Helpers;

internal static class ProviderExtensions
{
    /// <summary>The values that are there, typed so.</summary>
    internal static IncrementalValuesProvider<T> WhereNotNull<T>(this IncrementalValuesProvider<T?> values)
        where T : class =>
        values.Where(static value => value is not null).Select(static (value, _) => value!);
}
