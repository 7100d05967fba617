using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Values;

/// <summary>
/// The way to a part of a value: <c>state.qpos[3]</c>, <c>image[0,-1]</c>, <c>['a key with dots'].x</c>. Of a Pose, <c>p</c> and <c>q</c>
/// (SAPIEN's names; wxyz) or the seven numbers by index.
/// </summary>
internal sealed class FieldPath
{
    private readonly IReadOnlyList<Step> _steps;

    private FieldPath(string text, IReadOnlyList<Step> steps)
    {
        Text = text;
        _steps = steps;
    }

    internal string Text { get; }

    /// <summary>A key that is a text, or indices (of which one may also be a key).</summary>
    private readonly record struct Step(string? Key, int[]? Indices)
    {
        public override string ToString() => Key is not null ? $"'{Key}'" : $"[{string.Join(", ", Indices!)}]";
    }

    /// <exception cref="FormatException">It is no path.</exception>
    internal static FieldPath Parse(string text)
    {
        var steps = new List<Step>();
        int at = 0;
        while (at < text.Length)
        {
            if (text[at] == '[')
            {
                steps.Add(ReadBrackets(text, ref at));
            }
            else
            {
                at += text[at] == '.' && steps.Count > 0 ? 1 : 0;
                int end = text.AsSpan(at).IndexOfAny('.', '[') is >= 0 and int length ? at + length : text.Length;
                steps.Add(end > at ? new Step(text[at..end], null) : throw Bad(text, at));
                at = end;
            }
        }

        return steps.Count > 0 ? new FieldPath(text, steps) : throw Bad(text, 0);
    }

    /// <summary>The part of a value.</summary>
    /// <exception cref="FormatException">There is no such part.</exception>
    internal object? Of(object? value)
    {
        foreach (Step step in _steps)
        {
            value = (value, step.Key, step.Indices) switch
            {
                (SharedDict dict, { } key, _) => Item(dict, key),
                (SharedDict dict, _, [var index]) => Item(dict, (long)index),
                (SharedSequence sequence, _, [var index]) => sequence[Index(index, sequence.Count)],
                (NDArray array, _, { } indices) => Part(array, indices),
                (Pose pose, { } name, _) => Part(pose, name),
                (Pose pose, _, [var index]) => Elements.Item(All(pose), Index(index, 7)),
                _ => throw new FormatException($"'{Text}': {Kind(value)} has no {step}"),
            };
        }

        return value;
    }

    private object? Item(SharedDict dict, object key) => dict.TryGetValue(key, out object? item)
        ? item
        : throw new FormatException($"'{Text}': there is no key {PythonText.Repr(key)}; there are {string.Join(", ", dict.Keys.Select(PythonText.Repr))}");

    private object Part(NDArray array, int[] indices)
    {
        ImmutableArray<int> shape = array.Shape;
        if (indices.Length > shape.Length)
        {
            throw new FormatException($"'{Text}': {array} has {shape.Length} dimensions");
        }

        int first = 0;
        for (int i = 0; i < indices.Length; i++)
        {
            first = (first * shape[i]) + Index(indices[i], shape[i]);
        }

        ImmutableArray<int> rest = shape[indices.Length..];
        if (rest.Length == 0)
        {
            return Elements.Item(array, first);
        }

        int length = rest.Aggregate(1, static (product, dimension) => product * dimension) * DTypes.SizeOf(array.DType);
        return NDArray.FromBytes(array.DType, rest.AsSpan(), array.Bytes.Slice(first * length, length));
    }

    private NDArray Part(in Pose pose, string name) => name switch
    {
        "p" => NDArray.Create<float>([pose.Position.X, pose.Position.Y, pose.Position.Z], 3),
        "q" => NDArray.Create<float>([pose.Rotation.W, pose.Rotation.X, pose.Rotation.Y, pose.Rotation.Z], 4),
        _ => throw new FormatException($"'{Text}': a Pose has p, q and [0] to [6], and no '{name}'"),
    };

    private static NDArray All(in Pose pose) => NDArray.Create<float>(
        [pose.Position.X, pose.Position.Y, pose.Position.Z, pose.Rotation.W, pose.Rotation.X, pose.Rotation.Y, pose.Rotation.Z], 7);

    private int Index(int index, int length)
    {
        int found = index < 0 ? index + length : index;
        return found >= 0 && found < length ? found : throw new FormatException($"'{Text}': index {index} is out of range of {length}");
    }

    private static Step ReadBrackets(string text, ref int at)
    {
        int begin = at + 1;
        if (begin < text.Length && text[begin] is '\'' or '"')
        {
            int end = text.IndexOf(text[begin], begin + 1);
            if (end < 0 || end + 1 >= text.Length || text[end + 1] != ']')
            {
                throw Bad(text, at);
            }

            at = end + 2;
            return new Step(text[(begin + 1)..end], null);
        }

        int close = text.IndexOf(']', at);
        if (close < 0)
        {
            throw Bad(text, at);
        }

        string[] words = text[begin..close].Split(',');
        int[] indices = new int[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            if (!int.TryParse(words[i].AsSpan().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out indices[i]))
            {
                throw Bad(text, at);
            }
        }

        at = close + 1;
        return new Step(null, indices);
    }

    private static string Kind(object? value) => value switch
    {
        null => "None",
        NDArray array => array.ToString(),
        SharedDict => "a dict",
        SharedSequence or SharedSet => PythonText.Repr(value),
        _ => $"{PythonText.Repr(value)}",
    };

    private static FormatException Bad(string text, int at) => new($"'{text}' is not a field (at {at}): write a.b[3], [0,1] or ['any key']");
}
