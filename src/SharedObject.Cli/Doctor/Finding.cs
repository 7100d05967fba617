namespace SharedObjects.Cli.Doctor;

/// <summary>What one check has found.</summary>
/// <param name="Check">Its name, for scripts.</param>
/// <param name="IsOk">Whether nothing need be done.</param>
/// <param name="Text">What was found.</param>
/// <param name="Advice">What to do; empty where nothing need be.</param>
internal sealed record Finding(string Check, bool IsOk, string Text, string Advice = "")
{
    internal static Finding Ok(string check, string text) => new(check, true, text);

    internal static Finding Warning(string check, string text, string advice) => new(check, false, text, advice);
}
