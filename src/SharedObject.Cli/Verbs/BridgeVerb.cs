using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Threading.Tasks;
using SharedObjects.Bridging;
using SharedObjects.Cli.Bridge;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Shell;
using SharedObjects.Interop;

namespace SharedObjects.Cli.Verbs;

/// <summary>Shares objects with other hosts through an MQTT broker.</summary>
internal static class BridgeVerb
{
    private const string PasswordVariable = "SHAREDOBJ_MQTT_PASSWORD";

    internal static Verb Create()
    {
        Option<string?> broker = new("--broker") { Description = "The MQTT 5 broker: mqtt://host[:1883], or with TLS mqtts://host[:8883].", HelpName = "URL" };
        Option<string[]> publish = Patterns("--publish", "Objects of this host whose values go out; * stands for any characters, ? for one.");
        Option<string[]> subscribe = Patterns("--subscribe", "Objects of other hosts that are made and updated here; no others are.");
        Option<string?> prefix = new("--prefix") { Description = "What all topics begin with: bridges with other prefixes do not see each other.", HelpName = "TOPIC" };
        Option<string[]> rate = new("--rate") { Description = "At most so many values a second of the objects of a pattern; the newest always follows.", HelpName = "PATTERN=HZ" };
        Option<string[]> maxSize = new("--max-size") { Description = "The largest object that crosses, in bytes or as 300K, 8M; of all, or of a pattern.", HelpName = "[PATTERN=]SIZE" };
        Option<string[]> compress = new("--compress") { Description = "Compress what goes out: all, or the objects of these patterns.", HelpName = "PATTERN", Arity = ArgumentArity.ZeroOrMore };
        Option<bool> clear = new("--clear-removed") { Description = "Remove at the broker what is removed here, and here what this bridge made and its origin removed." };
        Option<string?> user = new("--user") { Description = $"The user at the broker. The password is in --password-file, or in {PasswordVariable}: arguments are seen in process lists.", HelpName = "NAME" };
        Option<string?> passwordFile = File("--password-file", "A file whose first line is the password.");
        Option<string?> authority = File("--ca", "The authorities (PEM) that the broker's certificate may come from, instead of the system's.");
        Option<string?> certificate = File("--cert", "The certificate (PEM) of this client.");
        Option<string?> key = File("--key", "Its private key (PEM), if it is not in the same file.");
        Option<string?> host = new("--host") { Description = "The name of this host that others are shown; the machine's unless given.", HelpName = "NAME" };
        Option<string?> config = File("--config", "Options from a JSON file (docs/bridge.md has its members); those given here come on top, or instead.");
        Option<double> interval = Common.Seconds("--interval", 1, "How often to show the status, in seconds.");
        Option<double> duration = Common.Duration();
        Option<bool> json = Common.Json();
        var verb = new Verb(
            "bridge",
            "Share objects with other hosts through an MQTT broker.",
            """
            sharedobj bridge --broker mqtt://broker --publish 'arm_*' --subscribe 'rs_cam0_*'
            sharedobj bridge --broker mqtts://broker --user cell7 --password-file /run/secrets/mqtt --prefix cell7 --publish '*'
            sharedobj bridge --broker mqtt://broker --publish 'rs_*' --rate 'rs_*=10' --compress 'rs_*_depth' --max-size 8M
            sharedobj bridge --config bridge.json --json --interval 5
            """)
        { broker, publish, subscribe, prefix, rate, maxSize, compress, clear, user, passwordFile, authority, certificate, key, host, config, interval, duration, json };
        return verb.Does((parsed, output) =>
        {
            BridgeOptions options = parsed.GetValue(config) is { } file ? Load(file) : new BridgeOptions();
            options.Broker = parsed.GetValue(broker) is { } url ? Broker(url) : options.Broker;
            Add(options.Publish, parsed.GetValue(publish));
            Add(options.Subscribe, parsed.GetValue(subscribe));
            Add(options.Compress, parsed.GetResult(compress) is { Tokens.Count: 0, Implicit: false } ? ["*"] : parsed.GetValue(compress));
            options.Prefix = parsed.GetValue(prefix) ?? options.Prefix;
            options.ClearRemoved |= parsed.GetValue(clear);
            options.User = parsed.GetValue(user) ?? options.User;
            options.PasswordFile = parsed.GetValue(passwordFile) ?? options.PasswordFile;
            options.CertificateAuthority = parsed.GetValue(authority) ?? options.CertificateAuthority;
            options.ClientCertificate = parsed.GetValue(certificate) ?? options.ClientCertificate;
            options.ClientKey = parsed.GetValue(key) ?? options.ClientKey;
            options.Host = parsed.GetValue(host) ?? options.Host;
            if (options is { User: not null, Password: null, PasswordFile: null })
            {
                options.Password = Environment.GetEnvironmentVariable(PasswordVariable);
            }

            foreach (string text in parsed.GetValue(rate) ?? [])
            {
                (string pattern, string number) = Split(text) ?? throw ToolException.Usage($"--rate '{text}' is not PATTERN=HZ, as in 'rs_*=10'");
                options.Rates[pattern] = double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double hertz)
                    ? hertz
                    : throw ToolException.Usage($"--rate '{text}': '{number}' is no number of values a second");
            }

            foreach (string text in parsed.GetValue(maxSize) ?? [])
            {
                if (Split(text) is var (pattern, size))
                {
                    options.MaxSizes[pattern] = Size(text, size);
                }
                else
                {
                    options.MaxSize = Size(text, text);
                }
            }

            return Run(options, output, parsed.GetValue(json), parsed.GetValue(interval), parsed.GetValue(duration));
        });
    }

    private static int Run(BridgeOptions options, Output output, bool json, double interval, double duration)
    {
        using var interruption = new Interruption(duration);
        using var log = new BridgeLog();
        MqttBridge bridge = Checked(() => new MqttBridge(options, log));
        Task running = Task.Run(() => bridge.RunAsync(interruption.Token));
        try
        {
            if (json)
            {
                log.ShowOnStandardError();
                Repeat(() => Write(output, bridge.GetStatus()), drawAtOnce: false);
            }
            else if (Output.IsTerminal)
            {
                using var screen = new Screen(output);
                var view = new BridgeView(log);
                Repeat(
                    () => screen.Draw(view.Frame(bridge.GetStatus(), Terminal.Size().Width, Terminal.Size().Height)),
                    drawAtOnce: true,
                    () => StopAtKey(screen, interruption));
            }
            else
            {
                log.ShowOnStandardError();
                running.Wait(); // for services: their log has what happens
            }

            return ExitCode.Done;
        }
        finally
        {
            interruption.Stop();
            running.GetAwaiter().GetResult();
            bridge.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        void Repeat(Action report, bool drawAtOnce, Action? meanwhile = null)
        {
            ulong reported = Posix.Now();
            if (drawAtOnce)
            {
                report();
            }

            while (!interruption.Requested && !running.IsCompleted)
            {
                Posix.Sleep(TimeSpan.FromMilliseconds(20));
                meanwhile?.Invoke();
                if (Posix.Now() - reported >= interval * 1e9 && !interruption.Requested)
                {
                    reported = Posix.Now();
                    report();
                }
            }
        }
    }

    private static void StopAtKey(Screen screen, Interruption interruption)
    {
        while (screen.TryGetKey(out ConsoleKeyInfo key))
        {
            if (key.KeyChar is 'q' or 'Q')
            {
                interruption.Stop();
            }
        }
    }

    private static void Write(Output output, BridgeStatus status)
    {
        output.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("time", Math.Round(Posix.Now() / 1e9, 6));
            writer.WriteString("connection", JsonNamingPolicy.SnakeCaseLower.ConvertName(status.Connection.ToString()));
            writer.WriteString("broker", status.Broker.ToString());
            writer.WriteString("host", status.Host);
            writer.WriteString("origin", status.Origin);
            WriteSeconds(writer, "connected_for", status.ConnectedFor);
            writer.WriteNumber("disconnects", status.Disconnects);
            writer.WriteString("problem", status.Problem);
            writer.WriteNumber("refused", status.Refused);
            writer.WriteStartArray("peers");
            foreach (BridgePeer peer in status.Peers)
            {
                writer.WriteStartObject();
                writer.WriteString("origin", peer.Origin);
                writer.WriteString("host", peer.Host);
                writer.WriteString("since", peer.Since);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("objects");
            foreach (BridgedObject item in status.Objects)
            {
                writer.WriteStartObject();
                writer.WriteString("name", item.Name);
                writer.WriteString("direction", JsonNamingPolicy.SnakeCaseLower.ConvertName(item.Direction.ToString()));
                writer.WriteNumber("size", item.Size);
                writer.WriteNumber("hz", Math.Round(item.ValuesPerSecond, 3));
                writer.WriteNumber("bytes_per_second", Math.Round(item.BytesPerSecond));
                writer.WriteNumber("values", item.Values);
                writer.WriteNumber("bytes", item.Bytes);
                writer.WriteNumber("superseded", item.Superseded);
                writer.WriteNumber("refused", item.Refused);
                WriteSeconds(writer, "age", item.Age);
                WriteSeconds(writer, "latency", item.Latency);
                writer.WriteString("origin", item.Origin);
                writer.WriteString("problem", item.Problem);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        output.Flush();
    }

    private static void WriteSeconds(Utf8JsonWriter writer, string name, TimeSpan? time)
    {
        if (time is { } known)
        {
            writer.WriteNumber(name, Math.Round(known.TotalSeconds, 6));
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    private static Option<string[]> Patterns(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "PATTERN",
        AllowMultipleArgumentsPerToken = true,
    };

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };

    private static void Add(IList<string> list, string[]? more)
    {
        foreach (string item in more ?? [])
        {
            list.Add(item);
        }
    }

    private static BridgeOptions Load(string file) => Checked(() => BridgeOptions.Load(file));

    private static T Checked<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (BridgeOptionsException e)
        {
            throw ToolException.Usage(e.Message, e);
        }
    }

    private static Uri Broker(string url) => Uri.TryCreate(url, UriKind.Absolute, out Uri? broker)
        ? broker
        : throw ToolException.Usage("--broker is no address such as mqtt://host or mqtts://host:8883"); // not repeated: it may have a password in it

    /// <summary>The two sides of the last '='.</summary>
    private static (string Pattern, string Value)? Split(string text) => text.LastIndexOf('=') is > 0 and int at ? (text[..at], text[(at + 1)..]) : null;

    private static long Size(string whole, string text)
    {
        int unit = text.Length > 0 ? "KMG".IndexOf(char.ToUpperInvariant(text[^1]), StringComparison.Ordinal) : -1;
        string number = unit < 0 ? text : text[..^1];
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long size) && size < 1L << 40
            ? size << (10 * (unit + 1))
            : throw ToolException.Usage($"--max-size '{whole}': '{text}' is no size such as 4096, 300K or 8M");
    }
}
