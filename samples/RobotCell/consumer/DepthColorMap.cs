using System;

namespace SharedObjects.Samples.RobotCell;

/// <summary>Turns depths into colours that the eye can tell apart: red is near, violet far, black unknown.</summary>
internal static class DepthColorMap
{
    // From near to far. Neighbours differ in hue and not in lightness alone, so that small differences show; the far end is not
    // so dark that one could take it for unknown.
    private static readonly (int Red, int Green, int Blue)[] Anchors =
    [
        (150, 10, 20), (225, 50, 25), (250, 120, 30), (250, 190, 50), (215, 235, 70), (120, 225, 90),
        (40, 210, 150), (35, 180, 220), (60, 125, 235), (85, 80, 200), (110, 60, 150),
    ];

    /// <summary>The picture, rows of red, green and blue, and what its ends stand for.</summary>
    public static (byte[] Rgb, ushort Near, ushort Far) Colorize(ReadOnlySpan<ushort> millimetres)
    {
        (ushort near, ushort far) = Range(millimetres);
        byte[] table = Table(near, far);
        byte[] rgb = new byte[millimetres.Length * 3];
        for (int i = 0; i < millimetres.Length; i++)
        {
            table.AsSpan(millimetres[i] * 3, 3).CopyTo(rgb.AsSpan(i * 3));
        }

        return (rgb, near, far);
    }

    /// <summary>All but the nearest and the farthest hundredth: a few stray pixels must not squeeze the rest into one colour.</summary>
    private static (ushort Near, ushort Far) Range(ReadOnlySpan<ushort> millimetres)
    {
        int[] counts = new int[ushort.MaxValue + 1];
        foreach (ushort depth in millimetres)
        {
            counts[depth]++;
        }

        int cut = (millimetres.Length - counts[0]) / 100;
        int near = 1;
        for (int below = counts[near]; below <= cut && near < ushort.MaxValue; below += counts[near])
        {
            near++;
        }

        int far = ushort.MaxValue;
        for (int above = counts[far]; above <= cut && far > near; above += counts[far])
        {
            far--;
        }

        return ((ushort)near, (ushort)far);
    }

    private static byte[] Table(int near, int far)
    {
        byte[] table = new byte[(ushort.MaxValue + 1) * 3];
        double inverseNear = 1.0 / near;
        double inverseRange = inverseNear - (1.0 / Math.Max(far, near + 1));
        for (int depth = 1; depth <= ushort.MaxValue; depth++)
        {
            // By the inverse, as stereo cameras measure: a millimetre nearby counts for more than one at the far wall.
            double place = Math.Clamp((inverseNear - (1.0 / depth)) / inverseRange, 0, 1) * (Anchors.Length - 1);
            int left = Math.Min((int)place, Anchors.Length - 2);
            double part = place - left;
            (int red, int green, int blue) = Anchors[left];
            (int nextRed, int nextGreen, int nextBlue) = Anchors[left + 1];
            table[depth * 3] = (byte)(red + ((nextRed - red) * part));
            table[(depth * 3) + 1] = (byte)(green + ((nextGreen - green) * part));
            table[(depth * 3) + 2] = (byte)(blue + ((nextBlue - blue) * part));
        }

        return table;
    }
}
