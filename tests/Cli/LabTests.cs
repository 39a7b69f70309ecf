using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

/// <summary>Who may log in to a lab, and what it refuses to start with.</summary>
public sealed class LabTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("*")]
    [InlineData("::")]
    public async Task Token_EmptyWhereOthersCanConnect_IsRefused(string ip)
    {
        await using var place = new Place();

        var ran = await place.RunAsync("lab", "--no-browser", "--port", "0", "--ip", ip, "--token", "", place.Notebooks);

        Assert.Equal(new Ran(1, "", $"holdfast: Without a token everybody who reaches {ip} could run programs here; mend: leave out --token '', or set a password with holdfast lab password.\n"), ran);
    }

    [Fact]
    public async Task Token_EmptyOnLoopback_IsTakenAndSaid()
    {
        await using var place = new Place();

        await using var lab = await RunningLab.StartAsync(place.Start(Published.Path, "lab", "--no-browser", "--port", "0", "--token", "", place.Notebooks));
        await lab.EndAsync();

        Assert.Equal("", lab.Link.Query);
        Assert.Contains("  Without a token everybody who can use this machine can use this lab.\n", lab.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_VariableEmpty_IsAsIfItWereNotSet()
    {
        await using var place = new Place();
        place.Set("JUPYTER_TOKEN", "");

        await using var lab = await RunningLab.StartAsync(place.Start(Published.Path, "lab", "--no-browser", "--port", "0", place.Notebooks));

        Assert.Matches(@"^\?token=[0-9a-f]{48}$", lab.Link.Query);
    }

    [Fact]
    public async Task Address_EveryOne_SaysWhoCanLogInAndTheOuterLink()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/sbin/ip")) Assert.Skip("A network of its own needs root and iproute2.");
        await using var place = new Place();
        // A network that ends in this machine: nobody else can connect to what listens there.
        const string OwnNetwork = "ip link set lo up; ip addr add 10.11.12.13/32 dev lo; ip route add default dev lo src 10.11.12.13; exec \"$@\"";

        await using var lab = await RunningLab.StartAsync(place.Start("/usr/bin/unshare", "--net", "sh", "-c", OwnNetwork, "sh",
            Published.Path, "lab", "--no-browser", "--port", "8888", "--ip", "0.0.0.0", "--token", "t", place.Notebooks));
        await lab.EndAsync();

        Assert.Contains("  http://127.0.0.1:8888/lab?token=t\n  http://10.11.12.13:8888/lab?token=t\n  Every computer that reaches this one can log in with the token in the link. What goes over the network is not encrypted: --tls mends that.\n", lab.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_OfAnExistingJupyterSetUp_IsServedAndItsEndIsSaid()
    {
        await using var place = new Place();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, TimeProvider.System.GetUtcNow().AddDays(5));
        var certificate = place.Write("lab.pem", made.ExportCertificatePem());
        place.Write("config/jupyter_server_config.json", $$"""{"ServerApp": {"certfile": "{{certificate}}", "keyfile": "{{place.Write("lab.key", key.ExportPkcs8PrivateKeyPem())}}"} }""");

        await using var lab = await RunningLab.StartAsync(place.Start(Published.Path, "lab", "--no-browser", "--port", "0", "--token", "t", place.Notebooks));
        await lab.EndAsync();

        Assert.Equal(Uri.UriSchemeHttps, lab.Link.Scheme);
        Assert.Contains($"  Certificate {certificate}, SHA-256 {string.Join(':', SHA256.HashData(made.RawData).Select(each => $"{each:X2}"))}. It runs out on {made.NotAfter.ToUniversalTime():yyyy-MM-dd}: renew it\n", lab.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_NotOfThisMachine_IsSaidInOneLine()
    {
        await using var place = new Place();

        var ran = await place.RunAsync("lab", "--no-browser", "--port", "0", "--ip", "192.0.2.1", place.Notebooks);

        Assert.Equal(1, ran.ExitCode);
        Assert.Matches(@"^holdfast: Cannot listen on 192\.0\.2\.1 port 0: .*; mend: --ip and --port\.\n$", ran.Errors);
    }

    [Fact]
    public async Task Folder_AFile_IsSaidToBeOne()
    {
        await using var place = new Place();
        var file = place.Write("README.md", "");

        var ran = await place.RunAsync("lab", "--no-browser", "--port", "0", file);

        Assert.Equal(new Ran(1, "", $"holdfast: {file} is a file, and a lab opens a folder; mend: name the folder it is in.\n"), ran);
    }

    [Fact]
    public async Task DefaultKernel_Unknown_IsAnErrorThatListsTheKernels()
    {
        await using var place = new Place();
        place.Write("data/kernels/tide/kernel.json", """{"argv": ["/bin/true", "{connection_file}"], "display_name": "Tide", "language": "python"}""");

        var ran = await place.RunAsync("lab", "--no-browser", "--port", "0", "--default-kernel", "nope", place.Notebooks);

        Assert.Equal((1, ""), (ran.ExitCode, ran.Out));
        Assert.Matches(@"^holdfast: no kernel is named 'nope', as --default-kernel wants\. There are: (.*, )?tide\b.*\.\n$", ran.Errors);
    }

    [Fact]
    public async Task Program_OnPathOrNot_IsNamedAsItCanBeTyped()
    {
        await using var place = new Place();
        File.CreateSymbolicLink(Path.Combine(Directory.CreateDirectory(place.PathOf("bin")).FullName, "holdfast"), Published.Path);

        var off = await place.RunAsync("ls");
        var on = await place.BashAsync("PATH=$PWD/bin:$PATH exec holdfast ls");

        Assert.Equal($"No lab and no kernel runs. '{Published.Path} lab DIR' opens a folder of notebooks.\n", off.Out);
        Assert.Equal("No lab and no kernel runs. 'holdfast lab DIR' opens a folder of notebooks.\n", on.Out);
    }
}
