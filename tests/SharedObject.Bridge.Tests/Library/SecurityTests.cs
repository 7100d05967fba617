using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SharedObjects.Bridging.Tests.Support;
using SharedObjects.Tests.Support;

namespace SharedObjects.Bridging.Tests.Library;

/// <summary>TLS, client certificates, users and passwords, with a broker that insists on them.</summary>
public sealed class SecurityTests : SegmentTest
{
    private const string Tls =
        """
        cafile {folder}/ca.pem
        certfile {folder}/server.pem
        keyfile {folder}/server.key
        """;

    private readonly LogLines _log = new();

    [Fact]
    public void A_broker_with_a_certificate_of_an_authority_that_is_named_is_trusted()
    {
        using var broker = new Mosquitto(Tls + "\nallow_anonymous true", MakeCertificates);
        Connects(broker, options => options.CertificateAuthority = Path.Combine(broker.Folder, "ca.pem"));
    }

    [Fact]
    public void One_of_another_authority_is_not()
    {
        using var broker = new Mosquitto(Tls + "\nallow_anonymous true", MakeCertificates);
        Fails(broker, "certificate", _ => { });
        DirectoryInfo other = Directory.CreateTempSubdirectory("so-test-ca-");
        try
        {
            MakeCertificates(other.FullName);
            Fails(broker, "certificate", options => options.CertificateAuthority = Path.Combine(other.FullName, "ca.pem"));
        }
        finally
        {
            other.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_client_shows_its_certificate_where_one_is_asked_for()
    {
        using var broker = new Mosquitto(Tls + "\nrequire_certificate true\nuse_identity_as_username true\nallow_anonymous false", MakeCertificates);
        string authority = Path.Combine(broker.Folder, "ca.pem");
        Connects(broker, options =>
        {
            options.CertificateAuthority = authority;
            options.ClientCertificate = Path.Combine(broker.Folder, "client.pem");
            options.ClientKey = Path.Combine(broker.Folder, "client.key");
        });
        Fails(broker, "", options => options.CertificateAuthority = authority);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_user_and_a_password_are_sent(bool fromFile)
    {
        using var broker = new Mosquitto("allow_anonymous false\npassword_file {folder}/users", MakeUsers);
        Connects(broker, options =>
        {
            options.User = "cell7";
            if (fromFile)
            {
                options.PasswordFile = Path.Combine(broker.Folder, "password");
            }
            else
            {
                options.Password = "s3cret";
            }
        });
        Fails(broker, "NotAuthorized", options =>
        {
            options.User = "cell7";
            options.Password = "wrong-one";
        });
        Assert.DoesNotContain("wrong-one", _log.All, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", _log.All, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_broker_does_not_let_one_publish_is_said()
    {
        using var broker = new Mosquitto("allow_anonymous true\nacl_file {folder}/acl", folder => File.WriteAllText(
            Path.Combine(folder, "acl"), $"topic readwrite test/v1/bridge/#\ntopic readwrite test/v1/receipt/#\ntopic readwrite test/v1/swift/{Name("ok")}\ntopic read #\n"));
        using SharedObject<long> ok = SharedObject.Publish(Name("ok"), 1L), secret = SharedObject.Publish(Name("secret"), 2L);
        using var bridge = new RunningBridge(Options(broker, _ => { }), _log);

        Until(() => Problem(bridge, Name("secret"))?.Contains("NotAuthorized", StringComparison.Ordinal) == true);
        Until(() => bridge.Status.Objects.FirstOrDefault(item => item.Name == Name("ok")) is { Values: > 0, Problem: null });
        Until(() => _log.Of(BridgeEventIds.NotPublished, Name("secret")).Length == 1);
    }

    private static string? Problem(RunningBridge bridge, string name) => bridge.Status.Objects.FirstOrDefault(item => item.Name == name)?.Problem;

    private void Connects(Mosquitto broker, Action<BridgeOptions> configure)
    {
        using var bridge = new RunningBridge(Options(broker, configure), _log);
        Until(() => bridge.Status.Connection == BridgeConnection.Connected);
    }

    private void Fails(Mosquitto broker, string problem, Action<BridgeOptions> configure)
    {
        using var bridge = new RunningBridge(Options(broker, configure), _log);
        Until(() => bridge.Status.Problem is { } found && found.Contains(problem, StringComparison.Ordinal));
        Assert.Equal(BridgeConnection.Connecting, bridge.Status.Connection);
    }

    private BridgeOptions Options(Mosquitto broker, Action<BridgeOptions> configure)
    {
        bool isTls = File.Exists(Path.Combine(broker.Folder, "server.pem"));
        var options = new BridgeOptions { Broker = new Uri($"{(isTls ? "mqtts" : "mqtt")}://localhost:{broker.Port}"), Prefix = "test" };
        options.Publish.Add(Name("*"));
        configure(options);
        return options;
    }

    private static void MakeUsers(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "password"), "s3cret\n");
        string users = Path.Combine(folder, "users");
        File.WriteAllText(users, "");
        using Process process = Process.Start("mosquitto_passwd", ["-b", users, "cell7", "s3cret"]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>An authority, a certificate of it for localhost, and one for a client.</summary>
    private static void MakeCertificates(string folder)
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest("CN=so-test authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        DateTimeOffset from = DateTimeOffset.UtcNow.AddDays(-1), to = from.AddDays(10);
        using X509Certificate2 authority = request.CreateSelfSigned(from, to);
        File.WriteAllText(Path.Combine(folder, "ca.pem"), authority.ExportCertificatePem());
        foreach (string who in (string[])["server", "client"])
        {
            using RSA own = RSA.Create(2048);
            var wanted = new CertificateRequest($"CN={(who == "server" ? "localhost" : "cell7")}", own, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            wanted.CertificateExtensions.Add(names.Build());
            using X509Certificate2 certificate = wanted.Create(authority, from, to, [(byte)who.Length, 1, 2, (byte)who[0]]);
            File.WriteAllText(Path.Combine(folder, who + ".pem"), certificate.ExportCertificatePem());
            File.WriteAllText(Path.Combine(folder, who + ".key"), own.ExportPkcs8PrivateKeyPem());
        }
    }
}
