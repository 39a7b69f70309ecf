using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Holdfast.Engines.Tests.Podman;

/// <summary>A real registry of a test's own, on this computer.</summary>
public sealed class LocalRegistry : IAsyncDisposable
{
    /// <summary>Who may in where a login is needed; the password's hash is of bcrypt.</summary>
    public const string User = "ada", Password = "pass";
    private const string UserLine = "ada:$2b$10$abcdefghijklmnopqrstuurOb.9fHu1HSgO8eKr.BJVKtmsPD3vs2";

    private readonly string _folder = Directory.CreateTempSubdirectory("hf-reg-").FullName;
    private Process? _process;

    /// <summary>Host and port.</summary>
    public string Name { get; } = $"127.0.0.1:{FreePort.Next()}";

    /// <summary>Starts one; the test is skipped where there is none.</summary>
    public static async Task<LocalRegistry> StartAsync(bool withLogin = false)
    {
        if (!File.Exists("/usr/bin/docker-registry")) Assert.Skip("docker-registry is not installed.");
        var registry = new LocalRegistry();
        var settings = Path.Combine(registry._folder, "registry.yml");
        await File.WriteAllTextAsync(Path.Combine(registry._folder, "users"), $"{UserLine}\n");
        await File.WriteAllTextAsync(settings,
            $"version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\nstorage: {{filesystem: {{rootdirectory: {registry._folder}/registry}}}}\nhttp: {{addr: '{registry.Name}'}}\n"
            + (withLogin ? $"auth: {{htpasswd: {{realm: test, path: {registry._folder}/users}}}}\n" : ""));
        await registry.StartAgainAsync();
        return registry;
    }

    /// <summary>Ends it for a while; what it holds stays.</summary>
    public async Task StopAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Goes on after <see cref="StopAsync"/>.</summary>
    public async Task StartAgainAsync()
    {
        _process = Process.Start(new ProcessStartInfo("/usr/bin/docker-registry", ["serve", Path.Combine(_folder, "registry.yml")]) { RedirectStandardError = true })!;
        _process.BeginErrorReadLine();
        using var client = new TcpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!client.Connected)
        {
            try
            {
                await client.ConnectAsync(IPEndPoint.Parse(Name), limit.Token);
            }
            catch (SocketException)
            {
                await Task.Delay(20, limit.Token);
            }
        }
    }

    /// <summary>Ends it; what it holds is gone with it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
