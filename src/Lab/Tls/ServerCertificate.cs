using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Holdfast.Lab.Tls;

/// <summary>A certificate with its key and its chain, as PEM files hold them.</summary>
/// <param name="Context">What is shown to those who connect, intermediate certificates and all.</param>
internal sealed record ServerCertificate(SslStreamCertificateContext Context)
{
    private const string KeyMark = "PRIVATE KEY-----";

    public X509Certificate2 Certificate => Context.TargetCertificate;

    /// <summary>SHA-256 of the certificate as browsers show it: <c>AB:CD:…</c>.</summary>
    public string Fingerprint => string.Join(':', SHA256.HashData(Certificate.RawDataMemory.Span).Select(each => $"{each:X2}"));

    /// <summary>Loads it; null with what is wrong and the mend when it cannot serve now.</summary>
    /// <param name="certFile">PEM: the certificate, then its chain.</param>
    /// <param name="keyFile">PEM: its key. It may be the same file.</param>
    /// <param name="now">The time at which it must be valid.</param>
    /// <param name="problem">Why it is null.</param>
    public static ServerCertificate? Load(string certFile, string keyFile, DateTimeOffset now, out string? problem)
    {
        // :: 1. The texts.
        if (Read(certFile, "certificate", "--certfile", out problem) is not { } certText || Read(keyFile, "key", "--keyfile", out problem) is not { } keyText)
            return null;

        // :: 2. The chain.
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(certText);
        }
        catch (CryptographicException fault)
        {
            problem = $"The certificate {certFile} is damaged: {fault.Message}; mend: get it again.";
            return null;
        }
        if (chain.Count == 0)
        {
            problem = $"{certFile} holds no certificate in PEM (-----BEGIN CERTIFICATE-----); mend: --certfile with another file, or `openssl x509 -inform der -in {certFile}` when it is DER.";
            return null;
        }

        // :: 3. Its time.
        var (from, until) = (chain[0].NotBefore.ToUniversalTime(), chain[0].NotAfter.ToUniversalTime());
        if (now.UtcDateTime > until)
        {
            problem = $"The certificate {certFile} ran out on {until:yyyy-MM-dd}; mend: renew it, or --tls for one that the lab makes itself.";
            return null;
        }
        if (now.UtcDateTime < from)
        {
            problem = $"The certificate {certFile} is valid only from {from:yyyy-MM-dd HH:mm} UTC on; mend: this computer's clock, or another certificate.";
            return null;
        }

        // :: 4. The key, which must be the certificate's.
        if (!keyText.Contains(KeyMark, StringComparison.Ordinal))
        {
            problem = $"{keyFile} holds no private key in PEM (-----BEGIN PRIVATE KEY-----); mend: --keyfile with the file that does.";
            return null;
        }
        if (keyText.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            problem = $"The key {keyFile} is encrypted, and nobody is here to type its passphrase; mend: `openssl pkey -in {keyFile} -out KEY`, and --keyfile KEY.";
            return null;
        }
        try
        {
            var target = X509Certificate2.CreateFromPem(certText, keyText);
            chain.RemoveAt(0);
            return new ServerCertificate(SslStreamCertificateContext.Create(target, chain, offline: true));
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            problem = $"The key {keyFile} is not that of the certificate {certFile}, or of no kind that is known here; mend: name the two files that were made together. ({fault.Message})";
            return null;
        }
    }

    private static string? Read(string file, string what, string option, out string? problem)
    {
        problem = null;
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            problem = File.Exists(file)
                ? $"The {what} {file} cannot be read by this user; mend: its permissions. ({fault.Message})"
                : $"The {what} {file} is not there; mend: {option} with the file that is.";
            return null;
        }
    }
}
