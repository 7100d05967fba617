using System;
using System.Globalization;

namespace SharedObjects.Bridging.Internals;

/// <summary>Makes the library's own exceptions: one place for their words.</summary>
internal static class Error
{
    internal static BridgeOptionsException BadOption(string option, string expected, string found, string advice, Exception? inner = null) =>
        new(option, $"The bridge's option {option}: expected {expected}, found {found}. {advice}", inner);

    internal static BridgeOptionsException BadFile(string file, Exception inner) =>
        new("", $"'{file}' has no options of a bridge: {inner.Message} Its members are those of BridgeOptions, in camelCase.", inner);

    internal static InvalidOperationException RunsAlready() => new("The bridge runs, or has run, already. Make another one.");

    internal static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
