using System;
using System.Globalization;
using System.Text;

namespace SharedObjects.Internals;

/// <summary>How values are written in messages: as numpy would.</summary>
internal static class Text
{
    internal static string Shape(ReadOnlySpan<int> shape)
    {
        var text = new StringBuilder("(");
        for (int i = 0; i < shape.Length; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(CultureInfo.InvariantCulture, $"{shape[i]}");
        }

        return text.Append(shape.Length == 1 ? ",)" : ")").ToString();
    }
}
