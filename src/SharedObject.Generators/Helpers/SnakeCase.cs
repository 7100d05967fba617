using System.Text;

namespace SharedObjects.Generators.Helpers;

/// <summary>The dict key of a member that has no <c>[Key]</c>.</summary>
internal static class SnakeCase
{
    /// <summary>
    /// A capital begins a word after a lowercase letter or a digit, and where it ends a run of capitals (the <c>P</c> of
    /// <c>HTTPPort</c>); digits stay with the word before them (<c>Joint3Pos</c> is <c>joint3_pos</c>). Underscores that
    /// are there already stay as they are.
    /// </summary>
    internal static string From(string name)
    {
        var key = new StringBuilder(name.Length + 8);
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            if (char.IsUpper(c) && i > 0 && BeginsWord(name, i))
            {
                key.Append('_');
            }

            key.Append(char.ToLowerInvariant(c));
        }

        return key.ToString();
    }

    private static bool BeginsWord(string name, int i)
    {
        char before = name[i - 1];
        return char.IsLower(before)
            || char.IsDigit(before)
            || (char.IsUpper(before) && i + 1 < name.Length && char.IsLower(name[i + 1]));
    }
}
