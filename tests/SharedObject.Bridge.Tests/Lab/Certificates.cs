using System;
using System.IO;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SharedObjects.Bridging.Tests.Lab;

/// <summary>An authority of the lab's own, and what it certifies, as PEM files in a folder: <c>ca.crt</c>, and <c>NAME.crt</c> with <c>NAME.key</c>.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly string _folder;
    private readonly DateTimeOffset _from = DateTimeOffset.UtcNow.AddDays(-1), _until = DateTimeOffset.UtcNow.AddDays(1);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;

    /// <summary>Makes the authority.</summary>
    /// <param name="folder">Where the files go.</param>
    internal Certificates(string folder)
    {
        _folder = folder;
        var request = new CertificateRequest("CN=so-lab", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        _authority = request.CreateSelfSigned(_from, _until);
        File.WriteAllText(Authority, _authority.ExportCertificatePem());
    }

    internal string Authority => Path.Combine(_folder, "ca.crt");

    internal string Certificate(string name) => Path.Combine(_folder, name + ".crt");

    internal string Key(string name) => Path.Combine(_folder, name + ".key");

    /// <summary>Certifies somebody: a broker by the addresses it is reached by, a client by its name.</summary>
    internal Certificates Issue(string name, params string[] addresses)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var others = new SubjectAlternativeNameBuilder();
        others.AddDnsName(name);
        Array.ForEach(addresses, address => others.AddIpAddress(IPAddress.Parse(address)));
        request.CertificateExtensions.Add(others.Build());
        using X509Certificate2 certificate = request.Create(_authority, _from, _until, RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Certificate(name), certificate.ExportCertificatePem());
        File.WriteAllText(Key(name), key.ExportPkcs8PrivateKeyPem());
        return this;
    }

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
    }
}
