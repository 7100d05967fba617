using System;

namespace SharedObjects.Cli.Rendering;

/// <summary>Colours for numbers from 0 to 1: dark blue, teal, green, yellow, orange, red. Neighbours differ in hue, so that small steps show.</summary>
internal static class ColorMap
{
    private static readonly (int Red, int Green, int Blue)[] s_anchors =
    [
        (45, 30, 110), (50, 80, 200), (30, 150, 215), (35, 195, 150), (110, 220, 80), (215, 225, 60), (250, 175, 45), (235, 95, 35), (165, 20, 30),
    ];

    internal static (byte Red, byte Green, byte Blue) At(double place)
    {
        double at = Math.Clamp(place, 0, 1) * (s_anchors.Length - 1);
        int left = Math.Min((int)at, s_anchors.Length - 2);
        double part = at - left;
        (int red, int green, int blue) = s_anchors[left];
        (int nextRed, int nextGreen, int nextBlue) = s_anchors[left + 1];
        return ((byte)(red + ((nextRed - red) * part)), (byte)(green + ((nextGreen - green) * part)), (byte)(blue + ((nextBlue - blue) * part)));
    }
}
