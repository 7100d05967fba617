using System.Text;

namespace SharedObjects.Wire;

/// <summary>The encoding of text on the wire.</summary>
internal static class WireText
{
    /// <summary>UTF-8 without a byte order mark that refuses what is not UTF-8, as Python does.</summary>
    internal static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
