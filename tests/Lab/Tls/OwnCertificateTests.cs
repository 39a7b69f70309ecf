using System.Net;
using System.Security.Cryptography.X509Certificates;
using Holdfast.Lab.Tls;

namespace Holdfast.Lab.Tests.Tls;

/// <summary>The certificate that a lab makes itself.</summary>
public sealed class OwnCertificateTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private readonly PemFiles _state = new();

    [Fact]
    public void Certificate_MadeOnce_IsKeptForItsOwnerOnlyAndHoldsTheNames()
    {
        var first = OwnCertificate.Ensure(_state.Folder, "127.0.0.1", Now);
        var again = OwnCertificate.Ensure(_state.Folder, "127.0.0.1", Now.AddDays(300));

        Assert.Equal(first.Fingerprint, again.Fingerprint);
        foreach (var file in Directory.GetFiles(_state.Folder))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        foreach (var name in (string[])["localhost", "127.0.0.1", "::1", Dns.GetHostName()])
            Assert.True(first.Certificate.MatchesHostname(name, allowCommonName: false), name);
        Assert.False(first.Certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
    }

    [Fact]
    public void Certificate_AboutToRunOut_IsMadeAgainWithTheSameKey()
    {
        var first = OwnCertificate.Ensure(_state.Folder, "127.0.0.1", Now);

        var next = OwnCertificate.Ensure(_state.Folder, "127.0.0.1", Now.AddDays(340));
        var late = OwnCertificate.Ensure(_state.Folder, "127.0.0.1", Now.AddDays(3000));

        Assert.True(next.Certificate.NotAfter > Now.AddDays(700));
        Assert.Equal(first.Certificate.GetPublicKeyString(), next.Certificate.GetPublicKeyString());
        Assert.True(late.Certificate.NotAfter > Now.AddDays(3360));
    }

    [Fact]
    public void Address_ThatIsNew_IsTakenInAndTheOldOnesStay()
    {
        OwnCertificate.Ensure(_state.Folder, "10.1.2.3", Now);

        var moved = OwnCertificate.Ensure(_state.Folder, "10.9.9.9", Now);
        var back = OwnCertificate.Ensure(_state.Folder, "10.1.2.3", Now);

        Assert.True(moved.Certificate.MatchesHostname("10.1.2.3"));
        Assert.True(moved.Certificate.MatchesHostname("10.9.9.9"));
        Assert.Equal(moved.Fingerprint, back.Fingerprint);
    }

    [Fact]
    public void Files_Damaged_AreMadeAnew()
    {
        var first = OwnCertificate.Ensure(_state.Folder, "127.0.0.1", Now);
        foreach (var file in Directory.GetFiles(_state.Folder))
            File.WriteAllText(file, "-----BEGIN");

        Assert.NotEqual(first.Fingerprint, OwnCertificate.Ensure(_state.Folder, "127.0.0.1", Now).Fingerprint);
    }

    public void Dispose() => _state.Dispose();
}
