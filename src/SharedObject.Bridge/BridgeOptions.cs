using System;
using System.Collections.Generic;
using System.IO;
using SharedObjects.Bridging.Settings;

namespace SharedObjects.Bridging;

/// <summary>What a bridge does: which broker, which objects, how often and how large, and as whom.</summary>
/// <remarks>
/// Patterns are names in which <c>*</c> stands for any characters and <c>?</c> for one. Where several patterns of <see cref="Rates"/> or
/// <see cref="MaxSizes"/> match a name, the smallest of their limits holds. The options are read when a bridge is made, and not later.
/// </remarks>
public sealed class BridgeOptions
{
    /// <summary>The broker: <c>mqtt://host[:1883]</c>, or with TLS <c>mqtts://host[:8883]</c>. No user and password in it: they would be seen in logs.</summary>
    public Uri? Broker { get; set; }

    /// <summary>The user at the broker, or null for none.</summary>
    public string? User { get; set; }

    /// <summary>The user's password. Better in a file (<see cref="PasswordFile"/>), or from where a host's secrets come from.</summary>
    public string? Password { get; set; }

    /// <summary>A file whose first line is the password; read again for each connection.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>A PEM file with the certificate of this client, for brokers that ask for one. Needs <c>mqtts</c>.</summary>
    public string? ClientCertificate { get; set; }

    /// <summary>The PEM file with the private key of <see cref="ClientCertificate"/>; null if it is in the same file.</summary>
    public string? ClientKey { get; set; }

    /// <summary>A PEM file with the authorities that the broker's certificate may come from; null for those of the system.</summary>
    public string? CertificateAuthority { get; set; }

    /// <summary>What all topics begin with; bridges with other prefixes do not see each other. May have levels: <c>plant/cell7</c>.</summary>
    public string Prefix { get; set; } = "sharedobjects";

    /// <summary>Patterns of the objects of this host whose values go out.</summary>
    public IList<string> Publish { get; set; } = [];

    /// <summary>Patterns of the objects of other hosts that are made and updated here. No others are ever made.</summary>
    public IList<string> Subscribe { get; set; } = [];

    /// <summary>By pattern, how many values a second of an object go out at most. The newest always follows.</summary>
    public IDictionary<string, double> Rates { get; set; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>The largest object in bytes, header included, that goes out or is taken in: 64 MiB unless set.</summary>
    public long MaxSize { get; set; } = 64L * 1024 * 1024;

    /// <summary>By pattern, smaller limits than <see cref="MaxSize"/>.</summary>
    public IDictionary<string, long> MaxSizes { get; set; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Patterns of the published objects that are compressed (zstd); <c>*</c> for all. Others can be read whatever this says.</summary>
    public IList<string> Compress { get; set; } = [];

    /// <summary>
    /// Whether an object that is removed here is removed at the broker, too: no later subscriber finds it; and whether one that was removed at
    /// its origin so is removed here, if this bridge has made it.
    /// </summary>
    public bool ClearRemoved { get; set; }

    /// <summary>The name by which others know this host: the machine's unless set.</summary>
    public string Host { get; set; } = Environment.MachineName;

    /// <summary>The longest silence on a connection before it is tried: 5 s unless set. One that gives no answer for as long again is given up.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to wait before a connection is tried again: 0.1 s unless set, and twice as long each time, with jitter.</summary>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromSeconds(0.1);

    /// <summary>The longest wait between two tries to connect: 2 s unless set.</summary>
    public TimeSpan LongestReconnectDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Reads options from a JSON file: an object with the members of this class, in camelCase. Times are texts such as <c>00:00:05</c>.
    /// </summary>
    /// <param name="file">The file. Comments and commas at ends are taken; members that there are not are refused.</param>
    /// <exception cref="BridgeOptionsException">It is not such a file.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static BridgeOptions Load(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return OptionsFile.Read(file);
    }

    /// <summary>Checks all options, and the files that they name.</summary>
    /// <exception cref="BridgeOptionsException">One is not as it must be: says which, what was expected, what was found, and what to do.</exception>
    public void Validate() => OptionsCheck.Check(this);
}
