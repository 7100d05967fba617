using System.Globalization;
using Mono.Unix.Native;

namespace SharedObjects.Bridging.Tests.Lab;

/// <summary>
/// The words that make and enter namespaces. None has a name in the file system: they are there for as long as a process is in them. All of a
/// lab's processes are in one PID namespace, whose first process ends when its input does, so also if the tests are killed; the kernel then
/// kills the others. As root that is all; others need a user namespace in which they are root.
/// </summary>
internal static class Namespaces
{
    private static readonly bool IsRoot = Syscall.geteuid() == 0;

    /// <summary>For a process that is the first of new ones: a shell script.</summary>
    internal static string[] Make() =>
        ["unshare", .. IsRoot ? (string[])[] : ["--user", "--map-root-user"], "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];

    /// <summary>For a process that joins those of another, and dies if the one that waits for it does.</summary>
    internal static string[] Enter(int process) =>
        [.. EnterWith(process), "--pid", "--mount", "--net", "setpriv", "--pdeathsig", "KILL"];

    /// <summary>For a process that joins the network of another only, and so sees the PIDs that are seen from here.</summary>
    internal static string[] EnterNetwork(int process) => [.. EnterWith(process), "--net"];

    private static string[] EnterWith(int process) =>
        ["nsenter", "--target", process.ToString(CultureInfo.InvariantCulture), .. IsRoot ? (string[])[] : ["--user"]];
}
