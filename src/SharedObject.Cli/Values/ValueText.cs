using System;
using System.Linq;
using System.Text;

namespace SharedObjects.Cli.Values;

/// <summary>A value for people: a line for a scalar, an item a line for a dict, arrays as numpy prints them.</summary>
internal static class ValueText
{
    private const int LineWidth = 79;

    /// <param name="value">The value.</param>
    /// <param name="full">Not to leave elements of large arrays away.</param>
    internal static string Of(object? value, bool full)
    {
        var text = new StringBuilder();
        switch (value)
        {
            case SharedDict { Count: > 0 } dict:
                Items(text, dict, full, indent: 0);
                return text.ToString().TrimEnd('\n');
            case NDArray array:
                return NumpyText.Of(array, full);
            default:
                return Scalar(value);
        }
    }

    private static void Items(StringBuilder text, SharedDict dict, bool full, int indent)
    {
        foreach ((object? key, object? item) in dict)
        {
            text.Append(' ', indent).Append(Key(key)).Append(':');
            switch (item)
            {
                case SharedDict { Count: > 0 } inner:
                    text.Append('\n');
                    Items(text, inner, full, indent + 2);
                    break;
                case NDArray array:
                    string one = NumpyText.Of(array, full);
                    string remark = $"  # {array}";
                    if (!one.Contains('\n', StringComparison.Ordinal) && indent + Key(key).Length + 2 + one.Length + remark.Length <= LineWidth)
                    {
                        text.Append(' ').Append(one).Append(remark).Append('\n');
                    }
                    else
                    {
                        text.Append(remark).Append('\n').Append(' ', indent + 2).Append(NumpyText.Of(array, full, indent + 2)).Append('\n');
                    }

                    break;
                default:
                    text.Append(' ').Append(Scalar(item)).Append('\n');
                    break;
            }
        }
    }

    private static string Scalar(object? value) => PythonText.Repr(value);

    // Names go without quotes, as in a record; what could be taken for something else is written as Python would.
    private static string Key(object? key) =>
        key is string { Length: > 0 } name && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? name
            : PythonText.Repr(key);
}
