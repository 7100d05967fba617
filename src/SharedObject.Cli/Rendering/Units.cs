using System;
using System.Globalization;
using SharedObjects.Interop;

namespace SharedObjects.Cli.Rendering;

/// <summary>Quantities for people, in five or six characters.</summary>
internal static class Units
{
    private static readonly string[] s_sizes = ["B", "KiB", "MiB", "GiB", "TiB"];

    internal static string Size(double bytes)
    {
        int unit = 0;
        while (bytes >= 999.5 && unit < s_sizes.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return unit == 0 ? Text($"{bytes:0} B") : Text($"{Significant(bytes)} {s_sizes[unit]}");
    }

    internal static string Time(double seconds) => Math.Abs(seconds) switch
    {
        < 1e-3 => Text($"{Significant(seconds * 1e6)} us"),
        < 1 => Text($"{Significant(seconds * 1e3)} ms"),
        < 120 => Text($"{Significant(seconds)} s"),
        < 7200 => Text($"{seconds / 60:0} min"),
        < 172800 => Text($"{seconds / 3600:0} h"),
        _ => Text($"{seconds / 86400:0} d"),
    };

    internal static string Rate(double hertz) => Text($"{Significant(hertz)} Hz");

    /// <summary>How long ago a stamp was, in seconds; negative if it is ahead of the clock.</summary>
    internal static double Age(ulong stamp) => ((double)Posix.Now() - stamp) / 1e9;

    internal static string AgeText(ulong stamp) => stamp == 0 ? "never" : Age(stamp) switch
    {
        > 100.0 * 365 * 86400 => "?", // no time of day at all
        < -1 => "future",
        var age => Time(Math.Max(age, 0)),
    };

    /// <summary>The age in a sentence.</summary>
    internal static string OldText(ulong stamp) => AgeText(stamp) switch
    {
        "never" => "never assigned",
        "future" => "stamped ahead of the clock",
        "?" => "of unknown age",
        var age => age + " old",
    };

    internal static string Clock(ulong stamp) => stamp / 100 <= (ulong)(DateTime.MaxValue - DateTime.UnixEpoch).Ticks
        ? (DateTime.UnixEpoch + TimeSpan.FromTicks((long)(stamp / 100))).ToString("yyyy-MM-dd HH:mm:ss.ffffff 'UTC'", CultureInfo.InvariantCulture)
        : "no time of day";

    internal static string Plural(int count, string noun) => Text($"{count} {noun}{(count == 1 ? "" : "s")}");

    private static string Significant(double value) => Math.Abs(value) switch
    {
        >= 99.5 => Text($"{value:0}"),
        >= 9.95 => Text($"{value:0.0}"),
        _ => Text($"{value:0.00}"),
    };

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
