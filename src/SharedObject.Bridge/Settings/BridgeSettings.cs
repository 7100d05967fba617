using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Enumeration;
using System.Linq;

namespace SharedObjects.Bridging.Settings;

/// <summary>Options as a bridge uses them: checked, and no longer to be changed.</summary>
internal sealed class BridgeSettings
{
    private const double LongestInterval = 365 * 24 * 3600; // s: a rate may be as small as one likes, and a time not as long

    private readonly string[] _compress;
    private readonly KeyValuePair<string, double>[] _rates;
    private readonly KeyValuePair<string, long>[] _maxSizes;
    private readonly string? _password;
    private readonly string? _passwordFile;

    /// <exception cref="BridgeOptionsException">An option is not as it must be.</exception>
    internal BridgeSettings(BridgeOptions options)
    {
        options.Validate();
        Broker = options.Broker!;
        User = options.User;
        _password = options.Password;
        _passwordFile = options.PasswordFile;
        ClientCertificate = options.ClientCertificate;
        ClientKey = options.ClientKey;
        CertificateAuthority = options.CertificateAuthority;
        Prefix = options.Prefix;
        Publish = [.. options.Publish];
        Subscribe = [.. options.Subscribe];
        _compress = [.. options.Compress];
        _rates = [.. options.Rates];
        _maxSizes = [.. options.MaxSizes];
        MaxSize = options.MaxSize;
        ClearRemoved = options.ClearRemoved;
        Host = options.Host;
        KeepAlive = options.KeepAlive;
        ReconnectDelay = options.ReconnectDelay;
        LongestReconnectDelay = options.LongestReconnectDelay;
    }

    internal Uri Broker { get; }

    internal bool IsTls => Broker.Scheme == "mqtts";

    internal string? User { get; }

    internal string? ClientCertificate { get; }

    internal string? ClientKey { get; }

    internal string? CertificateAuthority { get; }

    internal string Prefix { get; }

    internal string[] Publish { get; }

    internal string[] Subscribe { get; }

    internal long MaxSize { get; }

    internal bool ClearRemoved { get; }

    internal string Host { get; }

    internal TimeSpan KeepAlive { get; }

    internal TimeSpan ReconnectDelay { get; }

    internal TimeSpan LongestReconnectDelay { get; }

    /// <summary>The password; read from its file each time, so that it can be changed while the bridge runs.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    internal string? ReadPassword() => _passwordFile is null ? _password : File.ReadLines(_passwordFile).FirstOrDefault("");

    internal bool Publishes(string name) => MatchesAny(Publish, name);

    internal bool SubscribesTo(string name) => MatchesAny(Subscribe, name);

    internal bool Compresses(string name) => MatchesAny(_compress, name);

    /// <summary>The shortest time between two values of an object.</summary>
    internal TimeSpan IntervalOf(string name) =>
        _rates.Where(rate => Matches(rate.Key, name)).Select(rate => TimeSpan.FromSeconds(Math.Min(1 / rate.Value, LongestInterval))).DefaultIfEmpty().Max();

    internal int MaxSizeOf(string name) =>
        (int)_maxSizes.Where(size => Matches(size.Key, name)).Select(size => size.Value).Append(MaxSize).Min();

    internal static bool MatchesAny(string[] patterns, string name)
    {
        foreach (string pattern in patterns)
        {
            if (Matches(pattern, name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a pattern stands for names, and not for one.</summary>
    internal static bool IsWild(string pattern) => pattern.AsSpan().IndexOfAny('*', '?', '\\') >= 0;

    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
}
