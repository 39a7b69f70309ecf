using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Holdfast.Lab.Tests.Hosting;
using Holdfast.Lab.Tls;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Tests.Tls;

/// <summary>Labs that speak TLS.</summary>
public sealed class TlsTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private readonly PemFiles _files = new();

    [Fact]
    public async Task Lab_WithItsOwnCertificate_IsTrustedByThatAlone()
    {
        await using var lab = await TestLab.StartAsync(options => options with { Tls = true });
        using var trusting = ClientOf(lab, Path.Join(lab.Options.StateFolder, "tls-certificate.pem"));
        using var stranger = ClientOf(lab, _files.Make("other", Now.AddDays(-1), Now.AddDays(1)).Certificate);

        Assert.Equal(Uri.UriSchemeHttps, lab.Address.Scheme);
        Assert.Equal(HttpStatusCode.OK, (await trusting.GetAsync("api", TestContext.Current.CancellationToken)).StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync("api", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Cookies_UnderTls_AreForTlsOnlyAndNothingIsSaidOfOtherLabs()
    {
        var (certificate, key) = _files.Make("given", Now.AddDays(-1), Now.AddDays(90));
        await using var lab = await TestLab.StartAsync(options => options with { CertificateFile = certificate, KeyFile = key });
        using var client = ClientOf(lab, certificate);

        using var answer = await client.GetAsync($"lab?token={TestLab.Token}", TestContext.Current.CancellationToken);

        var cookies = answer.Headers.GetValues("Set-Cookie").ToList();
        Assert.Equal(2, cookies.Count);
        Assert.All(cookies, cookie => Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase));
        // The same host has other labs, on other ports and without TLS.
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Certificate_ThatCannotServe_IsSaidByItsFileWithTheMend()
    {
        var (good, goodKey) = _files.Make("good", Now.AddDays(-1), Now.AddDays(90));
        var (old, oldKey) = _files.Make("old", Now.AddDays(-90), Now.AddDays(-1));
        var (early, earlyKey) = _files.Make("early", Now.AddDays(1), Now.AddDays(2));
        using var secret = RSA.Create(2048);
        var locked = _files.Write("locked.key", secret.ExportEncryptedPkcs8PrivateKeyPem("word", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        var empty = _files.Write("empty.pem", "");
        var damaged = _files.Write("damaged.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

        await IsSaid(_files.PathOf("nowhere.pem"), goodKey, $"The certificate {_files.PathOf("nowhere.pem")} is not there; mend: --certfile");
        await IsSaid(good, _files.PathOf("nowhere.key"), $"The key {_files.PathOf("nowhere.key")} is not there; mend: --keyfile");
        await IsSaid(_files.Folder, goodKey, $"The certificate {_files.Folder} ");
        await IsSaid(empty, goodKey, $"{empty} holds no certificate in PEM");
        await IsSaid(damaged, goodKey, $"The certificate {damaged} is damaged");
        await IsSaid(good, null, $"{good} holds no private key in PEM");
        await IsSaid(good, locked, $"The key {locked} is encrypted");
        await IsSaid(good, oldKey, $"The key {oldKey} is not that of the certificate {good}");
        await IsSaid(old, oldKey, $"The certificate {old} ran out on {Now.AddDays(-1):yyyy-MM-dd}; mend: renew it");
        await IsSaid(early, earlyKey, $"The certificate {early} is valid only from");
        await IsSaid(null, goodKey, $"There is a key, {goodKey}, without its certificate; mend: --certfile");
    }

    [Fact]
    public void Certificate_RenewedWhileTheLabRuns_ServesFromThenOn()
    {
        var (certificate, key) = _files.Make("given", Now.AddDays(-1), Now.AddDays(90));
        var clock = new SetClock { Now = Now };
        using var log = new MemoryLog();
        using var logs = LoggerFactory.Create(logging => logging.AddProvider(log));
        var tls = new LabTls(Options(certificate, key), clock, logs.CreateLogger<LabTls>());
        Assert.Null(tls.Open());
        var first = tls.Certificate.Fingerprint;

        // Half of a renewal: the certificate is there, its key not yet.
        var (next, nextKey) = _files.Make("next", Now.AddDays(-1), Now.AddDays(200));
        File.Copy(next, certificate, overwrite: true);
        clock.Now = Now.AddMinutes(2);
        tls.Handshake();
        Assert.Equal(first, tls.Certificate.Fingerprint);
        Assert.Contains(log.Lines, line => line.Contains("The certificate stays the old one", StringComparison.Ordinal));

        File.Copy(nextKey, key, overwrite: true);
        clock.Now = Now.AddMinutes(4);
        Assert.Equal(ServerCertificate.Load(next, nextKey, Now, out _)!.Fingerprint, FingerprintOf(tls.Handshake()));
    }

    public void Dispose() => _files.Dispose();

    private async Task IsSaid(string? certificate, string? key, string problem)
    {
        await using var server = new LabServer(Options(certificate, key), keeper: null);
        var start = await server.StartAsync(TestContext.Current.CancellationToken);
        Assert.Null(start.Address);
        Assert.StartsWith(problem, start.Problem, StringComparison.Ordinal);
    }

    private LabOptions Options(string? certificate, string? key) => new()
    {
        Root = "/",
        Port = 0,
        Token = "t",
        CertificateFile = certificate,
        KeyFile = key,
        AssetsFolder = "/nonexistent",
        StateFolder = _files.PathOf("state"),
        Environment = new Dictionary<string, string>(),
    };

    private static string FingerprintOf(SslServerAuthenticationOptions handshake) => new ServerCertificate(handshake.ServerCertificateContext!).Fingerprint;

    private static HttpClient ClientOf(TestLab lab, string trusted)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(trusted));
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        handler.SslOptions.CertificateChainPolicy = policy;
        var client = new HttpClient(handler) { BaseAddress = lab.Address };
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        return client;
    }

    private sealed class SetClock : TimeProvider
    {
        public required DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
