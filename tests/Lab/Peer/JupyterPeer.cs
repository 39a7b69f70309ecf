using System.Diagnostics;

namespace Holdfast.Lab.Tests.Peer;

/// <summary>Debian's jupyter_server on a folder of its own.</summary>
internal sealed class JupyterPeer : IAsyncDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly Process _process;
    private readonly string _folder;

    private JupyterPeer(Process process, string folder, Uri address, string token)
    {
        (_process, _folder) = (process, folder);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
        Client.DefaultRequestHeaders.Add("Authorization", "token " + token);
    }

    public HttpClient Client { get; }
    public string Root => Path.Join(_folder, "root");

    /// <summary>Starts it; null where it is not installed.</summary>
    public static async Task<JupyterPeer?> StartAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Python) || !Directory.Exists("/usr/lib/python3/dist-packages/jupyter_server"))
            return null;
        var folder = Directory.CreateTempSubdirectory("holdfast-peer-").FullName;
        Directory.CreateDirectory(Path.Join(folder, "root"));
        var token = Guid.NewGuid().ToString("N");
        var port = FreePort.Next();
        var start = new ProcessStartInfo(Python,
            ["-m", "jupyter_server", "--no-browser", "--allow-root", $"--port={port}", "--ServerApp.port_retries=0", $"--ServerApp.token={token}", $"--ServerApp.root_dir={folder}/root"])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in ((string, string)[])[("HOME", folder), ("JUPYTER_CONFIG_DIR", folder + "/c"), ("JUPYTER_DATA_DIR", folder + "/d"), ("JUPYTER_RUNTIME_DIR", folder + "/r")])
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var peer = new JupyterPeer(process, folder, new Uri($"http://127.0.0.1:{port}/"), token);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
            try
            {
                using var answer = await peer.Client.GetAsync("api", limit.Token);
                return peer;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100, limit.Token);
            }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
