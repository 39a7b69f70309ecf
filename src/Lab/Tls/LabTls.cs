using System.Net.Security;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Tls;

/// <summary>
/// The certificate of a lab. The files are looked at again while it runs, at most once a minute, when somebody connects: one that was renewed
/// serves from then on, one that cannot serve is said and the old one goes on. Safe for concurrent calls.
/// </summary>
internal sealed class LabTls(LabOptions options, TimeProvider time, ILogger<LabTls> log)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private ServerCertificate? _current;
    private DateTimeOffset _looked;
    private string? _said;

    /// <summary>Loads or makes the certificate; gives what stands in the way, and the mend.</summary>
    public string? Open()
    {
        _current = Load(out var problem);
        _looked = time.GetUtcNow();
        return problem;
    }

    /// <summary>What is said of it at the start.</summary>
    public LabCertificate Certificate => new(
        options.CertificateFile ?? OwnCertificate.CertificateFile(options.StateFolder), _current!.Fingerprint, _current.Certificate.NotAfter.ToUniversalTime(), options.CertificateFile is null);

    /// <summary>How to speak with somebody who connects.</summary>
    public SslServerAuthenticationOptions Handshake() => new()
    {
        ServerCertificateContext = Current().Context,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
    };

    private ServerCertificate Current()
    {
        lock (_gate)
        {
            if (time.GetUtcNow() - _looked < LookAgain)
                return _current!;
            _looked = time.GetUtcNow();
            var found = Load(out var problem);
            if (problem is not null && problem != _said)
                TlsLog.NotRenewed(log, problem);
            _said = problem;
            if (found is not null && found.Fingerprint != _current!.Fingerprint)
            {
                TlsLog.Renewed(log, found.Fingerprint, found.Certificate.NotAfter.ToUniversalTime());
                _current = found;
            }
            return _current!;
        }
    }

    private ServerCertificate? Load(out string? problem)
    {
        problem = null;
        if (options.CertificateFile is { } given)
            return ServerCertificate.Load(given, options.KeyFile ?? given, time.GetUtcNow(), out problem);
        try
        {
            return OwnCertificate.Ensure(options.StateFolder, options.Ip, time.GetUtcNow());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            problem = $"The lab's certificate cannot be kept in {options.StateFolder}: {fault.Message}; mend: its permissions, or HOLDFAST_STATE with another folder.";
            return null;
        }
    }
}
