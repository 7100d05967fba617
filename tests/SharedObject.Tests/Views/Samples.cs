using System.Linq;
using System.Numerics;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Views;

/// <summary>Values of the schemas, and what Python sees of them.</summary>
internal static class Samples
{
    internal static Arm MakeArm(int salt = 1) => new(
        Timestamp: salt,
        Count: -salt,
        Total: (ulong)salt,
        Load: salt + 0.5f,
        Mode: ArmMode.Moving,
        Phase: new Complex(salt, -1),
        Tcp: new Pose(salt, 2, 3, 0, 1, 0, 0),
        Text: $"text {salt} äöü",
        Blob: [(byte)salt, 0, 255, 0],
        Qpos: [.. Enumerable.Range(salt, 7).Select(i => (double)i)],
        Mask: new bool[,] { { true, false, true }, { false, false, true } },
        Flags: [true, false, false, true],
        Position: new Vector3(salt, 5, 6),
        Rotation: new Quaternion(1, 2, 3, salt),
        Wrench: MakeSix(salt),
        Part: new Part(salt, $"part {salt}", [salt, 2]),
        Temperature: new Temperature(20 + salt));

    internal static SharedDict PythonArm(int salt = 1) => new()
    {
        { "timestamp", (long)salt },
        { "count", (long)-salt },
        { "total", (long)salt },
        { "load", salt + 0.5 },
        { "mode", 1L },
        { "phase", new Complex(salt, -1) },
        { "tcp", new Pose(salt, 2, 3, 0, 1, 0, 0) },
        { "text", $"text {salt} äöü" },
        { "blob", new byte[] { (byte)salt, 0, 255, 0 } },
        { "qpos", NDArray.Create<double>([.. Enumerable.Range(salt, 7).Select(i => (double)i)], 7) },
        { "mask", NDArray.Create<bool>([true, false, true, false, false, true], 2, 3) },
        { "flags", NDArray.Create<bool>([true, false, false, true], 4) },
        { "position", NDArray.Create<float>([salt, 5, 6], 3) },
        { "rotation", NDArray.Create<double>([1, 2, 3, salt], 4) },
        { "wrench", NDArray.Create<double>([.. Enumerable.Range(0, 6).Select(i => (double)(i * salt))], 6) },
        { "part", new SharedDict { { "id", (long)salt }, { "label", $"part {salt}" }, { "force", NDArray.Create<float>([salt, 2], 2) } } },
        { "temperature", 20.0 + salt },
    };

    internal static Six MakeSix(int salt)
    {
        Six six = default;
        for (int i = 0; i < 6; i++)
        {
            six[i] = i * salt;
        }

        return six;
    }

    internal static double[] Elements(Six six) => [six[0], six[1], six[2], six[3], six[4], six[5]];

    internal static Frame MakeFrame(int salt)
    {
        var frame = new Frame { Number = salt, Text = $"frame {salt}" };
        for (int i = 0; i < frame.Pixels.Length; i++)
        {
            frame.Pixels[i] = (byte)(i * salt);
        }

        frame.Depth[59, 79] = (ushort)(salt * 1000);
        frame.Depth[0, 1] = 7;
        frame.Volume[1, 2, 3] = salt;
        frame.Camera[0, 1] = salt;
        return frame;
    }

    /// <summary>Changes a byte of a segment behind the library's back.</summary>
    internal static void Poke(string name, int offset, byte value)
    {
        byte[] bytes = Segments.Read(name);
        bytes[offset] = value;
        Segments.Write(name, bytes);
    }
}
