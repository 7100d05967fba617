using System;
using System.IO;

namespace SharedObjects.Bridging.Tests.Lab;

/// <summary>What runs on the lab's hosts. Files are where they are outside, as the hosts have only their shared memory to themselves.</summary>
internal static class Programs
{
    /// <summary>The programs around the bridge.</summary>
    internal static string[] Peer(params string[] arguments) => [Beside("SharedObject.Bridge.Peer"), .. arguments];

    /// <summary>The command-line tool.</summary>
    internal static string[] Tool(params string[] arguments) => [Beside("sharedobj"), .. arguments];

    private static string Beside(string program) => Path.Combine(AppContext.BaseDirectory, program);
}
