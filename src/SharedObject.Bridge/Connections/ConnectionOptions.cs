using System;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SharedObjects.Bridging.Internals;
using SharedObjects.Bridging.Settings;

namespace SharedObjects.Bridging.Connections;

/// <summary>Makes the client's options of one connection; files with secrets are read each time.</summary>
internal static class ConnectionOptions
{
    private const int Port = 1883, TlsPort = 8883;

    internal const int BufferSize = 128 * 1024; // a hundred small messages, or a tenth of an image

    // What topic, properties and the packet itself need beside the payload.
    private const uint Overhead = 4096;

    /// <param name="settings">The bridge's settings.</param>
    /// <param name="clientId">The name of the connection at the broker.</param>
    /// <param name="largestPayload">The largest payload to be taken; the broker sends no larger ones.</param>
    /// <param name="inPieces">Whether head and payload of a packet are written one after the other, without copying them together first.</param>
    /// <param name="willTopic">The topic that the broker clears when the connection is lost; null for none.</param>
    /// <param name="streams">Makes the stream.</param>
    /// <exception cref="BridgeOptionsException">A file is not what it should be.</exception>
    internal static MqttClientOptions Make(BridgeSettings settings, string clientId, long largestPayload, bool inPieces, string? willTopic, PromptStream.Provider streams)
    {
        int port = settings.Broker.IsDefaultPort || settings.Broker.Port <= 0 ? settings.IsTls ? TlsPort : Port : settings.Broker.Port;
        var options = new MqttClientOptions
        {
            ProtocolVersion = MqttProtocolVersion.V500,
            ClientId = clientId,
            CleanSession = true, // and its session ends with it: a queue at the broker would hold old values
            KeepAlivePeriod = settings.KeepAlive,
            MaximumPacketSize = (uint)Math.Min(largestPayload + Overhead, uint.MaxValue),
            AllowPacketFragmentation = inPieces,
            WillTopic = willTopic,
            WillPayload = willTopic is null ? null : [],
            WillRetain = willTopic is not null,
            WillQualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            ChannelOptions = new MqttClientTcpOptions
            {
                RemoteEndpoint = new DnsEndPoint(settings.Broker.IdnHost.Trim('[', ']'), port),
                BufferSize = BufferSize,
                StreamProvider = streams,
                TlsOptions = settings.IsTls ? Tls(settings) : new MqttClientTlsOptions(),
            },
        };
        if (settings.User is not null)
        {
            options.Credentials = new MqttClientCredentials(settings.User, settings.ReadPassword() is { } password ? Encoding.UTF8.GetBytes(password) : null);
        }

        return options;
    }

    private static MqttClientTlsOptions Tls(BridgeSettings settings)
    {
        var tls = new MqttClientTlsOptions { UseTls = true, TargetHost = settings.Broker.IdnHost };
        if (settings.CertificateAuthority is { } authorities)
        {
            tls.TrustChain = Read(nameof(BridgeOptions.CertificateAuthority), authorities, file =>
            {
                var certificates = new X509Certificate2Collection();
                certificates.ImportFromPemFile(file);
                return certificates.Count > 0 ? certificates : throw new CryptographicException("There is no certificate in it.");
            });
            tls.RevocationMode = X509RevocationMode.NoCheck; // one's own authority publishes no lists
        }

        if (settings.ClientCertificate is { } certificate)
        {
            X509Certificate2 own = Read(nameof(BridgeOptions.ClientCertificate), certificate, file => X509Certificate2.CreateFromPemFile(file, settings.ClientKey));
            tls.ClientCertificatesProvider = new DefaultMqttCertificatesProvider([own]);
            tls.CertificateSelectionHandler = _ => own;
        }

        return tls;
    }

    private static T Read<T>(string option, string file, Func<string, T> read)
    {
        try
        {
            return read(file);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Error.BadOption(option, "a PEM file", $"'{file}' ({e.Message})", "Give a file that begins with -----BEGIN.", e);
        }
    }
}
