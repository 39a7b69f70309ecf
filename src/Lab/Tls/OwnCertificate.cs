using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Holdfast.Lab.Posix;

namespace Holdfast.Lab.Tls;

/// <summary>
/// The certificate that labs of this user make themselves, in the state folder, readable by its owner only. It is made again, with the same key,
/// a month before it runs out and when this machine has a name or an address that it does not hold; the old names stay in it, so that a laptop
/// that goes to and fro between two networks keeps its certificate.
/// </summary>
internal static class OwnCertificate
{
    /// <summary>Apple's systems take no certificate that is valid for longer than 825 days.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);
    /// <summary>Clocks differ.</summary>
    private static readonly TimeSpan Backdated = TimeSpan.FromDays(1);
    private const int MostNames = 32;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    public static string CertificateFile(string stateFolder) => Path.Combine(stateFolder, "tls-certificate.pem");

    private static string KeyFile(string stateFolder) => Path.Combine(stateFolder, "tls-key.pem");

    /// <summary>The certificate that is there, when it still serves; else a new one.</summary>
    /// <exception cref="IOException">The state folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The state folder is not this user's.</exception>
    public static ServerCertificate Ensure(string stateFolder, string ip, DateTimeOffset now)
    {
        var (certFile, keyFile) = (CertificateFile(stateFolder), KeyFile(stateFolder));
        var needed = OwnNames.Needed(ip);
        var known = ServerCertificate.Load(certFile, keyFile, now, out _);
        if (known is not null && now + RenewBefore < known.Certificate.NotAfter && OwnNames.Of(known.Certificate).Hold(needed))
            return known;
        var names = needed.With(known is null ? OwnNames.Usual() : OwnNames.Of(known.Certificate), MostNames).With(OwnNames.Usual(), MostNames);
        using var key = known?.Certificate.GetECDsaPrivateKey() ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = Make(key, names, now);
        Directory.CreateDirectory(stateFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Write(keyFile, key.ExportPkcs8PrivateKeyPem());
        Write(certFile, made.ExportCertificatePem());
        return ServerCertificate.Load(certFile, keyFile, now, out var problem) ?? throw new IOException(problem);
    }

    private static X509Certificate2 Make(ECDsa key, OwnNames names, DateTimeOffset now)
    {
        var request = new CertificateRequest($"CN=Holdfast lab on {System.Net.Dns.GetHostName()}", key, HashAlgorithmName.SHA256);
        var alternative = new SubjectAlternativeNameBuilder();
        foreach (var host in names.Hosts)
            alternative.AddDnsName(host);
        foreach (var address in names.Addresses)
            alternative.AddIpAddress(address);
        var subject = new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false);
        request.CertificateExtensions.Add(alternative.Build());
        // Whoever trusts it trusts this lab, and nothing that the key might sign.
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(subject);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(subject));
        return request.CreateSelfSigned(now - Backdated, now + Lifetime);
    }

    private static void Write(string path, string pem)
    {
        using var file = new AtomicFile(path);
        File.SetUnixFileMode(file.Stream.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        file.Stream.Write(System.Text.Encoding.ASCII.GetBytes(pem + "\n"));
        file.Commit();
    }
}
