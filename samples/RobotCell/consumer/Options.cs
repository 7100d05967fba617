using System;
using System.Globalization;

namespace SharedObjects.Samples.RobotCell;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public const string Usage =
        """
        RobotCell [options]: watches and commands a simulated robot cell.
          --seconds N     how long, at least 2 (10)
          --out DIR       where the images go (./artifacts/robot-cell)
          --python EXE    a Python with numpy (environment: SHAREDOBJECT_PYTHON, else python3)
          --prefix NAME   first part of the objects' names (one of this run's own)
          --attach        start no producer: it runs on another computer, behind a bridge (README.md)
          --plain         lines instead of the table, as when the output is no terminal
          --check         for tests: plain, and the last line is the summary as JSON
        """;

    public double Seconds { get; private set; } = 10;

    public string Out { get; private set; } = "./artifacts/robot-cell";

    public string Python { get; private set; } =
        Environment.GetEnvironmentVariable("SHAREDOBJECT_PYTHON") is { Length: > 0 } python ? python : "python3";

    public string Prefix { get; private set; } = $"cell{Environment.ProcessId}";

    /// <summary>Whether the producer was started by somebody else, on another computer.</summary>
    public bool Attach { get; private set; }

    public bool Plain { get; private set; }

    public bool Check { get; private set; }

    /// <summary>Null and a message if the arguments make no sense.</summary>
    public static Options? Parse(ReadOnlySpan<string> arguments, out string? problem)
    {
        var options = new Options();
        problem = null;
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--attach":
                    options.Attach = true;
                    continue;
                case "--plain":
                    options.Plain = true;
                    continue;
                case "--check":
                    options.Plain = options.Check = true;
                    continue;
            }

            if (i + 1 == arguments.Length)
            {
                problem = $"'{arguments[i]}' is unknown or lacks its value";
                return null;
            }

            string value = arguments[i + 1];
            switch (arguments[i++])
            {
                case "--seconds" when double.TryParse(value, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 2 and <= 86400:
                    options.Seconds = seconds;
                    break;
                case "--out":
                    options.Out = value;
                    break;
                case "--python":
                    options.Python = value;
                    break;
                case "--prefix":
                    options.Prefix = value;
                    break;
                default:
                    problem = $"'{arguments[i - 1]} {value}' can't be understood";
                    return null;
            }
        }

        return options;
    }
}
