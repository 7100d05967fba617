using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using SharedObjects.Cli.Linux;
using SharedObjects.Cli.Rendering;

namespace SharedObjects.Cli.Doctor;

/// <summary>Checks of what the machine does to shared memory.</summary>
internal static class SystemChecks
{
    private const long SmallMount = 256L << 20; // containers get 64 MiB unless told otherwise: some fifty colour images
    private const double FullShare = 0.8;
    private const int FirstUser = 1000; // systemd's SYS_UID_MAX is 999: below it are system users, whom RemoveIPC spares

    internal static Finding Space()
    {
        const string Check = "space";
        if (SharedMemoryMount.Find() is not { } mount)
        {
            return Finding.Warning(Check, "there is no /dev/shm", "mount a tmpfs there: mount -t tmpfs -o mode=1777 tmpfs /dev/shm");
        }

        string text = $"/dev/shm is a {mount.Type} of {Units.Size(mount.Total)}, {Units.Size(mount.Free)} free";
        if (mount.Total > 0 && mount.Total - mount.Free > FullShare * mount.Total)
        {
            return Finding.Warning(Check, text, "remove what nobody uses (sharedobj clean), or enlarge it: mount -o remount,size=2G /dev/shm");
        }

        return mount.Total < SmallMount
            ? Finding.Warning(Check, text, "enlarge it: mount -o remount,size=2G /dev/shm; of a container: docker run --shm-size=2g")
            : Finding.Ok(Check, text);
    }

    /// <summary>logind removes all shared memory of a user whose last session ends, unless told not to (logind.conf(5), RemoveIPC).</summary>
    internal static Finding RemoveIpc(Examination examination)
    {
        const string Check = "remove_ipc";
        if (!Directory.Exists("/run/systemd/system"))
        {
            return Finding.Ok(Check, "systemd does not run here, so no logout removes shared memory");
        }

        if (RemoveIpcSetting() is { } setting && setting is "no" or "false" or "0" or "off")
        {
            return Finding.Ok(Check, "logind keeps shared memory at logout (RemoveIPC=no)");
        }

        bool hasUsers = examination.Objects.Any(outline => outline.Status.Owner >= FirstUser);
        return hasUsers
            ? Finding.Warning(
                Check,
                "logind removes a user's shared memory when the last session ends, and there are objects of such users",
                "set RemoveIPC=no in /etc/systemd/logind.conf and restart systemd-logind; or loginctl enable-linger USER; or run as a system user")
            : Finding.Ok(Check, "logind removes users' shared memory at logout; no object here belongs to such a user");
    }

    /// <summary>
    /// Python's resource tracker unlinks, when a process ends, what that process had only attached to (3.8 to 3.12; from 3.13 on unless
    /// track=False).
    /// </summary>
    internal static Finding ResourceTracker(Examination examination)
    {
        const string Check = "resource_tracker";
        var attached = new List<string>();
        foreach (int process in SegmentUsers.ProcessIds())
        {
            if (ProcessInfo.CommandLineOf(process).Any(argument => argument.Contains("multiprocessing.resource_tracker", StringComparison.Ordinal)))
            {
                ProcessInfo tracked = ProcessInfo.Of(ProcessInfo.Of(process).Parent);
                if (examination.Objects.Any(outline => examination.Users.Of(FileId.Of(outline.Status)).Any(user => user.Id == tracked.Id)))
                {
                    attached.Add(tracked.ToString());
                }
            }
        }

        return attached.Count == 0
            ? Finding.Ok(Check, "no process with shared objects has a Python resource tracker")
            : Finding.Warning(
                Check,
                $"a Python resource tracker runs for {string.Join(", ", attached)}: it may unlink their objects when they end",
                "attach with SharedMemory(name, track=False) (Python 3.13), resource_tracker.unregister, or the package sharedobjects");
    }

    private static string? RemoveIpcSetting()
    {
        // Later files win, in the order of their names (systemd.unit drop-ins).
        string[] files = ["/usr/lib/systemd/logind.conf", .. DropIns("/usr/lib/systemd/logind.conf.d"), "/etc/systemd/logind.conf",
            .. DropIns("/etc/systemd/logind.conf.d"), .. DropIns("/run/systemd/logind.conf.d")];
        return files.Where(File.Exists)
            .SelectMany(file => ProcFile.Text(file).Split('\n'))
            .Select(line => line.Trim())
            .LastOrDefault(line => line.StartsWith("RemoveIPC=", StringComparison.OrdinalIgnoreCase))?["RemoveIPC=".Length..]
            .Trim().ToLowerInvariant();
    }

    private static string[] DropIns(string folder)
    {
        try
        {
            string[] files = Directory.GetFiles(folder, "*.conf");
            Array.Sort(files, StringComparer.Ordinal);
            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
