using System;
using System.Globalization;
using SharedObjects.Bridging.Peers.Links;
using SharedObjects.Bridging.Peers.Objects;

namespace SharedObjects.Bridging.Peers;

/// <summary>
/// The programs of the bridge's tests, each a process of its own. All say <c>ready</c>, then do what lines on their standard input tell them,
/// answer each with one line, and end when the input does.
/// </summary>
internal static class Program
{
    private const string Usage = """
        link LISTEN TARGET                  passes TCP connections on, and delays, limits, stalls and cuts them (Links/LinkRole.cs)
        write NAME:SIZE:HERTZ...            assigns stamped blocks (Objects/WriteRole.cs)
        read NAME...                        waits for each new block, and checks and times it (Objects/ReadRole.cs)
        numbers PREFIX COUNT make|open      as many objects with a number each (Objects/NumbersRole.cs)
        """;

    private static int Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["link", var listen, var target]:
                return LinkRole.Play(listen, target);
            case ["write", .. { Length: > 0 } blocks]:
                return WriteRole.Play(blocks);
            case ["read", .. { Length: > 0 } names]:
                return ReadRole.Play(names);
            case ["numbers", var prefix, var count, "make" or "open"]:
                return NumbersRole.Play(prefix, int.Parse(count, CultureInfo.InvariantCulture), makes: arguments[3] == "make");
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }
}
