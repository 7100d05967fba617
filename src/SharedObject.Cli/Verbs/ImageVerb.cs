using System;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Segments;
using SharedObjects.Cli.Shell;
using SharedObjects.Cli.Values;

namespace SharedObjects.Cli.Verbs;

/// <summary>Saves or draws an array that is shaped like an image.</summary>
internal static class ImageVerb
{
    internal static Verb Create()
    {
        Argument<string> name = Common.Name();
        Option<string?> file = new("--out", "-o") { Description = "Save it as PNG; - for standard output. Otherwise it is drawn in the terminal.", HelpName = "FILE" };
        Option<string?> field = new("--field") { Description = "The array within the value: a.b.", HelpName = "PATH" };
        Option<bool> gray = new("--gray") { Description = "One channel as grey instead of colours; uint16 as PNG of 16 bits, without loss." };
        Option<bool> bgr = new("--bgr") { Description = "Channels are blue, green, red, as OpenCV has them." };
        Option<double?> low = new("--min") { Description = "What the lowest colour stands for.", HelpName = "X" };
        Option<double?> high = new("--max") { Description = "What the highest colour stands for.", HelpName = "X" };
        Option<int?> width = new("--width")
        {
            Description = "How many columns to draw.",
            HelpName = "N",
            CustomParser = result => Common.Number(result, least: 1),
        };
        Option<double> timeout = Common.Timeout();
        Option<bool> json = Common.Json();
        var verb = new Verb(
            "image",
            "Save an image as PNG, or draw it in the terminal; one channel (a depth, say) through a colour map.",
            """
            sharedobj image rs_color
            sharedobj image rs_color --out color.png
            sharedobj image rs_depth --out depth.png --min 300 --max 1500
            sharedobj image rs_depth --out depth16.png --gray
            """)
        { name, file, field, gray, bgr, low, high, width, timeout, json };
        return verb.Does((parsed, output) =>
        {
            SegmentCopy copy = SegmentCopy.Read(parsed.GetValue(name)!, parsed.GetValue(timeout));
            NDArray array = Find(copy, parsed.GetValue(field));
            var style = new ArrayPicture.Style(parsed.GetValue(gray), parsed.GetValue(bgr), parsed.GetValue(low), parsed.GetValue(high));
            Picture picture = Make(copy.Name, array, style);
            string? target = parsed.GetValue(file);
            if (target == "-")
            {
                output.Raw(PngEncoder.Encode(picture));
                return ExitCode.Done;
            }

            if (target is not null)
            {
                DumpVerb.Save(target, PngEncoder.Encode(picture));
            }

            if (parsed.GetValue(json))
            {
                Write(output, copy, array, picture, target);
            }
            else
            {
                Draw(output, copy, array, picture, target, parsed.GetValue(width));
            }

            return ExitCode.Done;
        });
    }

    private static NDArray Find(SegmentCopy copy, string? field)
    {
        object? value = copy.Value();
        if (field is not null)
        {
            FieldPath path = Input.Parse(() => FieldPath.Parse(field));
            try
            {
                value = path.Of(value);
            }
            catch (FormatException e)
            {
                throw ToolException.Failed($"'{copy.Name}' has no field {e.Message}");
            }
        }
        else if (value is SharedDict dict && dict.Values.OfType<NDArray>().Where(item => item.Shape.Length is 2 or 3).ToArray() is [var only])
        {
            return only; // the one of a dict that can be meant
        }

        return value as NDArray ?? throw ToolException.Failed(
            $"'{copy.Name}' is {LayoutText.Short(copy.HeldLayout!.Value)}, and no image{(value is SharedDict ? ": name its array with --field" : "")}");
    }

    private static Picture Make(string name, NDArray array, ArrayPicture.Style style)
    {
        try
        {
            return ArrayPicture.Of(array, style);
        }
        catch (FormatException e)
        {
            throw ToolException.Failed($"'{name}': {e.Message}");
        }
    }

    private static void Draw(Output output, SegmentCopy copy, NDArray array, Picture picture, string? target, int? columns)
    {
        string range = picture.Low is null ? "" : string.Create(CultureInfo.InvariantCulture, $", colours from {picture.Low:0.###} to {picture.High:0.###}");
        string what = $"{Names.Printable(copy.Name)}: {array.ToString()["ndarray ".Length..]}, {Units.OldText(copy.Stamp)}{range}";
        if (target is not null)
        {
            output.Line($"{what}, to {target}");
            return;
        }

        (int width, int height) = Terminal.Size();
        foreach (string line in TerminalImage.Lines(picture, columns ?? width, columns is null ? Math.Max(height - 2, 1) : int.MaxValue / 4))
        {
            output.Line(line);
        }

        output.Line(what);
    }

    private static void Write(Output output, SegmentCopy copy, NDArray array, Picture picture, string? target) => output.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("name", copy.Name);
        writer.WriteString("mtime", copy.Stamp.ToString(CultureInfo.InvariantCulture));
        writer.WriteNumber("width", picture.Width);
        writer.WriteNumber("height", picture.Height);
        LayoutJson.WriteType(writer, array.Layout);
        WriteOrNull("low", picture.Low);
        WriteOrNull("high", picture.High);
        writer.WriteString("file", target);
        writer.WriteEndObject();

        void WriteOrNull(string property, double? number)
        {
            if (number is { } known)
            {
                writer.WriteNumber(property, known);
            }
            else
            {
                writer.WriteNull(property);
            }
        }
    });
}
