using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Holdfast.Lab.Bench.Servers;

namespace Holdfast.Lab.Bench.Clients;

/// <summary>Jupyter's REST API of a server.</summary>
internal sealed class Api : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly HttpClient _client;

    public Api(BenchServer server)
    {
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}/"), Timeout = TimeSpan.FromMinutes(2) };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("token", BenchServer.Token);
    }

    /// <summary>Starts a session with a kernel on a notebook, which need not exist; returns the kernel's id.</summary>
    public async Task<string> StartKernelAsync(string notebook, CancellationToken cancellationToken)
    {
        var body = $$"""{"path":"{{notebook}}","type":"notebook","name":"","kernel":{"name":"python3"} }""";
        using var reply = await _client.PostAsync(new Uri("api/sessions", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), cancellationToken);
        reply.EnsureSuccessStatusCode();
        var session = await reply.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return session.GetProperty("kernel").GetProperty("id").GetString()!;
    }

    /// <summary>Waits until the server says that the kernel is idle.</summary>
    public async Task WaitIdleAsync(string kernel, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look);
        while ((await _client.GetFromJsonAsync<JsonElement>(new Uri($"api/kernels/{kernel}", UriKind.Relative), cancellationToken)).GetProperty("execution_state").GetString() != "idle")
            await timer.WaitForNextTickAsync(cancellationToken);
    }

    /// <summary>Shuts a kernel down.</summary>
    public async Task EndKernelAsync(string kernel, CancellationToken cancellationToken)
    {
        using var reply = await _client.DeleteAsync(new Uri($"api/kernels/{kernel}", UriKind.Relative), cancellationToken);
        reply.EnsureSuccessStatusCode();
    }

    /// <summary>Asks that a page be sent the record of a notebook.</summary>
    public async Task AskFoldAsync(string kernel, string session, string notebook, CancellationToken cancellationToken)
    {
        var body = $$"""{"kernel":"{{kernel}}","session":"{{session}}","path":"{{notebook}}","since":0}""";
        using var reply = await _client.PostAsync(new Uri("api/recording/fold", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), cancellationToken);
        reply.EnsureSuccessStatusCode();
    }

    /// <summary>Reads a notebook with its content; returns the bytes of the reply.</summary>
    public async Task<byte[]> GetNotebookAsync(string notebook, CancellationToken cancellationToken) =>
        await _client.GetByteArrayAsync(new Uri($"api/contents/{notebook}?content=1", UriKind.Relative), cancellationToken);

    /// <summary>Saves a notebook.</summary>
    public async Task PutNotebookAsync(string notebook, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var reply = await _client.PutAsync(new Uri($"api/contents/{notebook}", UriKind.Relative), content, cancellationToken);
        reply.EnsureSuccessStatusCode();
    }

    public void Dispose() => _client.Dispose();
}
