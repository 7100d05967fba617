using System.Text;

namespace SharedObjects.Generators.Helpers;

/// <summary>UTF-8 as Python encodes it: a lone surrogate is an error, not a question mark.</summary>
internal static class Utf8Text
{
    private static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>How many bytes the text takes, or null if it can't be encoded.</summary>
    internal static int? Length(string text)
    {
        try
        {
            return Encoding.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }
}
