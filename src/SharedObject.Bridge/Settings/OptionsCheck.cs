using System;
using System.Collections.Generic;
using System.IO;
using SharedObjects.Bridging.Internals;
using SharedObjects.Wire;

namespace SharedObjects.Bridging.Settings;

/// <summary>Finds what is wrong with options, before anything is done by them.</summary>
internal static class OptionsCheck
{
    private const double LargestRate = 1e6; // a value a microsecond: no link has it, and its interval is still one of the clock's
    private static readonly TimeSpan s_longestTime = TimeSpan.FromHours(1);

    internal static void Check(BridgeOptions options)
    {
        CheckBroker(options.Broker);
        CheckPrefix(options.Prefix);
        CheckPatterns(nameof(BridgeOptions.Publish), options.Publish);
        CheckPatterns(nameof(BridgeOptions.Subscribe), options.Subscribe);
        CheckPatterns(nameof(BridgeOptions.Compress), options.Compress);
        if (options.Publish.Count + options.Subscribe.Count == 0)
        {
            throw Error.BadOption(nameof(BridgeOptions.Publish), "at least one pattern in Publish or Subscribe", "none", "Name the objects that are to cross.");
        }

        CheckPatterns(nameof(BridgeOptions.Rates), options.Rates.Keys);
        foreach ((string pattern, double rate) in options.Rates)
        {
            if (!(rate is > 0 and <= LargestRate))
            {
                throw Error.BadOption(nameof(BridgeOptions.Rates), $"for '{pattern}' a number of values a second above 0, at most {LargestRate:0}", Error.Text(rate), "To keep an object from going out, leave it out of Publish.");
            }
        }

        CheckPatterns(nameof(BridgeOptions.MaxSizes), options.MaxSizes.Keys);
        CheckSize(nameof(BridgeOptions.MaxSize), options.MaxSize);
        foreach (long size in options.MaxSizes.Values)
        {
            CheckSize(nameof(BridgeOptions.MaxSizes), size);
        }

        CheckCredentials(options);
        if (string.IsNullOrWhiteSpace(options.Host) || options.Host.Length > 255)
        {
            throw Error.BadOption(nameof(BridgeOptions.Host), "a name of 1 to 255 characters", $"'{options.Host}'", "It is what other hosts show for this one.");
        }

        CheckTime(nameof(BridgeOptions.KeepAlive), options.KeepAlive, TimeSpan.FromSeconds(1));
        CheckTime(nameof(BridgeOptions.ReconnectDelay), options.ReconnectDelay, TimeSpan.FromMilliseconds(1));
        CheckTime(nameof(BridgeOptions.LongestReconnectDelay), options.LongestReconnectDelay, options.ReconnectDelay);
    }

    private static void CheckBroker(Uri? broker)
    {
        const string Option = nameof(BridgeOptions.Broker);
        const string Expected = "mqtt://host[:port], or mqtts://host[:port] for TLS";
        if (broker is null)
        {
            throw Error.BadOption(Option, Expected, "none", "Say where the broker is.");
        }

        // What is found is not repeated where it may have a password in it.
        if (!broker.IsAbsoluteUri || broker.Scheme is not ("mqtt" or "mqtts") || broker.Host.Length == 0)
        {
            throw Error.BadOption(Option, Expected, broker.IsAbsoluteUri ? $"'{broker.Scheme}://{broker.Host}'" : "something else", "Give the broker's address so.");
        }

        if (broker.UserInfo.Length > 0)
        {
            throw Error.BadOption(Option, Expected, "an address with a user or a password in it", "Give them as User and PasswordFile: an address is seen in logs and process lists.");
        }

        if (broker.AbsolutePath is not ("" or "/") || broker.Query.Length > 0 || broker.Fragment.Length > 0)
        {
            throw Error.BadOption(Option, Expected, $"'{broker}'", "Leave out what is behind the port; topics begin with Prefix.");
        }
    }

    private static void CheckPrefix(string prefix)
    {
        if (string.IsNullOrEmpty(prefix) || prefix.Length > 1000 || prefix.AsSpan().IndexOfAny("+#\0") >= 0 || prefix[0] is '/' or '$' || prefix[^1] == '/')
        {
            throw Error.BadOption(
                nameof(BridgeOptions.Prefix), "1 to 1000 characters of a topic, without '+', '#' and NUL, not beginning with '/' or '$', not ending with '/'", $"'{prefix}'", "Use one such as 'cell7'.");
        }
    }

    private static void CheckPatterns(string option, IEnumerable<string> patterns)
    {
        foreach (string pattern in patterns)
        {
            if (string.IsNullOrEmpty(pattern) || pattern.AsSpan().IndexOfAny('/', '\0') >= 0)
            {
                throw Error.BadOption(option, "names of objects, in which '*' and '?' stand for others", $"'{pattern}'", "Names have no '/'.");
            }
        }
    }

    private static void CheckSize(string option, long size)
    {
        if (size is < ObjectHeader.DataOffset or > ObjectLayout.MaxBufferSize)
        {
            throw Error.BadOption(option, $"{ObjectHeader.DataOffset} to {ObjectLayout.MaxBufferSize} bytes", Error.Text(size), "Give the size of the largest object that is to cross.");
        }
    }

    private static void CheckCredentials(BridgeOptions options)
    {
        if (options.Password is not null && options.PasswordFile is not null)
        {
            throw Error.BadOption(nameof(BridgeOptions.PasswordFile), "one of Password and PasswordFile", "both", "Leave one out.");
        }

        if (options.User is null && (options.Password is not null || options.PasswordFile is not null))
        {
            throw Error.BadOption(nameof(BridgeOptions.User), "the user that the password is for", "none", "Give the user, too.");
        }

        if (options.ClientKey is not null && options.ClientCertificate is null)
        {
            throw Error.BadOption(nameof(BridgeOptions.ClientCertificate), "the certificate that the key is for", "none", "Give the certificate, too.");
        }

        bool isTls = options.Broker!.Scheme == "mqtts";
        foreach ((string option, string? file) in (ReadOnlySpan<(string, string?)>)[
            (nameof(BridgeOptions.PasswordFile), options.PasswordFile),
            (nameof(BridgeOptions.ClientCertificate), options.ClientCertificate),
            (nameof(BridgeOptions.ClientKey), options.ClientKey),
            (nameof(BridgeOptions.CertificateAuthority), options.CertificateAuthority)])
        {
            if (file is null)
            {
                continue;
            }

            if (!File.Exists(file))
            {
                throw Error.BadOption(option, "a file", $"'{file}', which there is not", "Give a file that this user can read.");
            }

            if (!isTls && option != nameof(BridgeOptions.PasswordFile))
            {
                throw Error.BadOption(option, "none without TLS", $"'{file}'", "Use mqtts:// for the broker.");
            }
        }
    }

    private static void CheckTime(string option, TimeSpan time, TimeSpan least)
    {
        if (time < least || time > s_longestTime)
        {
            throw Error.BadOption(option, $"{Error.Text(least.TotalSeconds)} to {Error.Text(s_longestTime.TotalSeconds)} seconds", Error.Text(time.TotalSeconds), "Give a time in between.");
        }
    }
}
