using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Holdfast.Functional.Tests.Clients;
using Holdfast.Functional.Tests.Labs;

namespace Holdfast.Functional.Tests;

/// <summary>How editors, apps and servers that know nothing of Holdfast come to a lab over the network.</summary>
public sealed class NetworkClientTests
{
    private const string Python = "/usr/bin/python3";

    [Theory]
    [InlineData("/", false)]
    [InlineData("/any%40thing/", false)]
    [InlineData("/any%40thing/", true)]
    public async Task Password_AsVsCodeLogsIn_RunsACell(string baseUrl, bool tls)
    {
        await using var workplace = new Workplace();
        await workplace.SetPasswordAsync("Ebbe & Flut");
        await using var lab = await workplace.StartLabAsync(0, Arguments(baseUrl, tls));
        using var client = new NetworkClient(lab.Root, tls ? workplace.Certificate : null);

        // It asks whether this is a hub, then whether there is a password at all: /tree leads to the login.
        Assert.NotEqual(HttpStatusCode.OK, (await client.SendAsync(HttpMethod.Get, "hub/api")).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await client.SendAsync(HttpMethod.Get, "tree?")).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(HttpMethod.Get, "login?")).Status);
        Assert.Equal(["_xsrf"], client.Cookies.Keys);
        Assert.Equal(HttpStatusCode.Unauthorized, (await LogInAsync(client, "Ebbe")).Status);
        client.SetCookies.Clear();
        Assert.Equal(HttpStatusCode.Redirect, (await LogInAsync(client, "Ebbe & Flut")).Status);
        // It takes the first cookie for the login.
        Assert.StartsWith("username-", client.SetCookies[0], StringComparison.Ordinal);
        Assert.All(client.SetCookies, cookie => Assert.Equal(tls, cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase)));

        Assert.Equal(HttpStatusCode.Forbidden, (await client.PostAsync("api/sessions", new JsonObject())).Status);
        client.Headers["X-XSRFToken"] = client.Cookies["_xsrf"];
        await client.RunACellAsync();
    }

    [Theory]
    [InlineData("/", false)]
    [InlineData("/any%40thing/", false)]
    [InlineData("/any%40thing/", true)]
    public async Task Token_WithTheOriginOfAnApp_RunsACell(string baseUrl, bool tls)
    {
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync(0, Arguments(baseUrl, tls));
        using var client = new NetworkClient(lab.Root, tls ? workplace.Certificate : null);
        client.Headers["Authorization"] = "token t";
        await client.RunACellAsync("token=t");

        // Apps give the host without its port, or no web address at all.
        foreach (var origin in (string[])["http://127.0.0.1", "vscode-file://vscode-app", "null"])
        {
            client.Headers["Origin"] = origin;
            await client.RunACellAsync("token=t");
        }

        Assert.Empty(client.Cookies);
    }

    [Fact]
    public async Task Login_Remembered_SurvivesTheLabAndEndsWithThePassword()
    {
        await using var workplace = new Workplace();
        await workplace.SetPasswordAsync("first");
        await using var lab = await workplace.StartLabAsync();
        using var client = new NetworkClient(lab.Root);
        await client.SendAsync(HttpMethod.Get, "login");
        await LogInAsync(client, "first");
        await lab.KillAsync();

        // The address that is kept in the browser: no token in it.
        await using (var next = await workplace.StartLabAsync(lab.Port))
        {
            Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(HttpMethod.Get, "lab")).Status);
            Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(HttpMethod.Get, "api/contents")).Status);
        }

        await workplace.SetPasswordAsync("second");
        await using var last = await workplace.StartLabAsync(lab.Port);
        Assert.Equal(HttpStatusCode.Redirect, (await client.SendAsync(HttpMethod.Get, "lab")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.SendAsync(HttpMethod.Get, "api/contents")).Status);
    }

    [Theory]
    [InlineData("/", false)]
    [InlineData("/any%40thing/", true)]
    public async Task Gateway_JupyterServerInFront_RunsItsKernelsHere(string baseUrl, bool tls)
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/jupyter_server")) Assert.Skip("python3-jupyter-server is not installed.");
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync(0, Arguments(baseUrl, tls));
        var port = FreePort.Next();
        var command = workplace.Command("-m", "jupyter_server", "--no-browser", "--allow-root", $"--port={port}", "--ServerApp.port_retries=0", "--ServerApp.token=t",
            $"--ServerApp.root_dir={workplace.Notebooks}", $"--gateway-url={lab.Root.AbsoluteUri}", "--GatewayClient.auth_token=t");
        // Its own option for this counts only together with a certificate of the client's.
        if (tls) command.Environment["SSL_CERT_FILE"] = workplace.Certificate;
        command.FileName = Python;
        (command.RedirectStandardOutput, command.RedirectStandardError) = (false, false);
        using var server = Process.Start(command)!;
        try
        {
            using var client = new NetworkClient(new Uri($"http://127.0.0.1:{port}/"));
            client.Headers["Authorization"] = "token t";
            await WaitForAsync(client);
            await client.RunACellAsync("token=t");
            Assert.Contains("python3", (await client.SendAsync(HttpMethod.Get, "api/kernelspecs")).Text, StringComparison.Ordinal);

            var kernel = (string)(await client.PostAsync("api/kernels", new JsonObject { ["name"] = "python3" })).Json["id"]!;
            Assert.Contains(kernel, await workplace.RunAsync("keeper", "ls"), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsync($"api/kernels/{kernel}/interrupt", new JsonObject())).Status);
            Assert.Equal(HttpStatusCode.OK, (await client.PostAsync($"api/kernels/{kernel}/restart", new JsonObject())).Status);
            Assert.Equal(HttpStatusCode.NoContent, (await client.SendAsync(HttpMethod.Delete, $"api/kernels/{kernel}")).Status);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Curl_WithTheLabsOwnCertificate_TrustsItAndNothingElseDoes()
    {
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync(0, "--tls");
        var said = await lab.HearAsync("Ctrl-C");

        Assert.Matches("(?m)^  Certificate .*tls-certificate.pem, made by the lab: .*SHA-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$", said);
        Assert.Contains("version", (await CurlAsync("--cacert", workplace.Certificate, new Uri(lab.Root, "api").AbsoluteUri)).Output, StringComparison.Ordinal);
        Assert.Equal(60, (await CurlAsync(new Uri(lab.Root, "api").AbsoluteUri)).Code);
        // The words of a lab with TLS hold for the program's other verbs too.
        Assert.Contains(lab.Root.AbsoluteUri, await workplace.RunAsync("ls"), StringComparison.Ordinal);

        Task<Ended> CurlAsync(params string[] arguments)
        {
            var command = workplace.Command(["--silent", .. arguments]);
            command.FileName = "curl";
            return Workplace.TryAsync(command);
        }
    }

    private static string[] Arguments(string baseUrl, bool tls) => ["--base-url", baseUrl, .. tls ? new[] { "--tls" } : []];

    private static Task<Answer> LogInAsync(NetworkClient client, string password) => client.SendAsync(HttpMethod.Post, "login?",
        new FormUrlEncodedContent(new Dictionary<string, string> { ["password"] = password, ["_xsrf"] = client.Cookies["_xsrf"] }));

    private static async Task WaitForAsync(NetworkClient client)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
            try
            {
                await client.SendAsync(HttpMethod.Get, "api");
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100, limit.Token);
            }
    }
}
