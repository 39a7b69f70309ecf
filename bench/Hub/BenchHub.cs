using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Holdfast.Hub.Bench;

/// <summary>A hub as a process of its own, with data in a folder that is gone afterwards.</summary>
internal sealed class BenchHub : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;
    private readonly HttpClient _http;
    private readonly CancellationToken _cancellation;
    private readonly int _port;

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port => _port;

    /// <summary>What lets its administrator in.</summary>
    public AuthenticationHeaderValue? Authorization => _http.DefaultRequestHeaders.Authorization;

    private BenchHub(Process process, string folder, int port, CancellationToken cancellationToken)
    {
        (_process, _folder, _port, _cancellation) = (process, folder, port, cancellationToken);
        _http = new HttpClient { BaseAddress = new Uri($"http://localhost:{port}/api/v1/") };
    }

    public static async Task<BenchHub> StartAsync(string program, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory($"/var/tmp/hf-bench-{Environment.ProcessId}").FullName;
        var port = FreePort();
        var start = new ProcessStartInfo(program, ["hub", "--data", $"{folder}/hub", "--port", $"{port}", "--no-first-machine"]) { RedirectStandardOutput = true };
        start.Environment["HOLDFAST_STATE"] = folder;
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line && !line.Contains("Ctrl-C", StringComparison.Ordinal))
        {
        }
        _ = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var hub = new BenchHub(process, folder, port, cancellationToken);
        hub._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync($"{folder}/hub/cli-token", cancellationToken)).Trim());
        return hub;
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        await using var stream = await _http.GetStreamAsync(new Uri(path, UriKind.Relative), _cancellation);
        return (await JsonDocument.ParseAsync(stream, cancellationToken: _cancellation)).RootElement;
    }

    public Task<string> GetTextAsync(string path) => _http.GetStringAsync(new Uri(path, UriKind.Relative), _cancellation);

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var reply = await _http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, _cancellation);
        if (!reply.IsSuccessStatusCode) throw new InvalidOperationException($"POST {path}: {(int)reply.StatusCode} {await reply.Content.ReadAsStringAsync(_cancellation)}");
        await using var stream = await reply.Content.ReadAsStreamAsync(_cancellation);
        return (await JsonDocument.ParseAsync(stream, cancellationToken: _cancellation)).RootElement;
    }

    /// <summary>Starts a machine and waits until the hub says that it runs.</summary>
    public async Task StartMachineAsync(string name)
    {
        await PostAsync($"machines/{name}/start", new { });
        await UntilAsync(name, "running");
    }

    public async Task UntilAsync(string name, string state)
    {
        string now;
        while ((now = (await GetAsync($"machines/{name}")).GetProperty("state").GetString()!) != state)
        {
            if (now == "failed") throw new InvalidOperationException($"{name} has failed: {await GetAsync($"machines/{name}")}");
            await Task.Delay(5, _cancellation);
        }
    }

    /// <summary>The socket of a machine's lab, and its notebooks folder.</summary>
    public async Task<(string Socket, string Notebooks)> PlacesOfAsync(string name)
    {
        var id = (await GetAsync($"machines/{name}")).GetProperty("id").GetString();
        return (Directory.GetDirectories("/run/holdfast", "hub-*").Select(hub => $"{hub}/{id}/lab.sock").Single(File.Exists), $"{_folder}/hub/machines/{id}/notebooks");
    }

    /// <summary>The first byte of the lab's page, through the proxy.</summary>
    public async Task LabAnswersAsync(string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_port}/lab") { Headers = { Host = $"{name}.localhost:{_port}", Authorization = _http.DefaultRequestHeaders.Authorization } };
        using var answer = await _http.SendAsync(request, _cancellation);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>What the hub's process has of the memory, shared pages divided, in MB.</summary>
    public double Memory() => File.ReadLines($"/proc/{_process.Id}/smaps_rollup").Where(line => line.StartsWith("Pss:", StringComparison.Ordinal))
        .Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024).Single();

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var machine in (await GetAsync("machines")).EnumerateArray())
        {
            var name = machine.GetProperty("name").GetString()!;
            using var reply = await _http.DeleteAsync(new Uri($"machines/{name}?confirm={name}", UriKind.Relative), _cancellation);
        }
        // Those that wait are gone with the database; what runs must not stay.
        foreach (var job in (await GetAsync("jobs?state=running")).GetProperty("jobs").EnumerateArray()) await PostAsync($"jobs/{job.GetProperty("job").GetProperty("id").GetString()}/cancel", new { });
        while ((await GetAsync("machines")).GetArrayLength() > 0) await Task.Delay(100, _cancellation);
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
