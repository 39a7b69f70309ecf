using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Proxy;
using Holdfast.Hub.Ssh;

namespace Holdfast.Hub.Activity;

/// <summary>Asks the labs of machines. What they say is not believed further than it is read: it has a limit of time and of size.</summary>
internal sealed class LabCalls(HubOptions options, SshSessions ssh, TimeProvider time)
{
    private const int MostBytes = 4 << 20;

    /// <summary>So long a machine may take to answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>What goes on, with who is in by ssh; null when it does not say.</summary>
    public async Task<LabWork?> ActivityAsync(MachineRecord machine, CancellationToken cancellationToken)
    {
        if (await GetAsync(machine, "api/activity", ActivityJson.Default.LabWork, cancellationToken) is not { } work) return null;
        // The machine's clock is its own.
        var (now, open) = (time.GetUtcNow(), ssh.Of(machine.Id));
        return work with
        {
            Busy = [.. work.Busy ?? [], .. open.Where(session => session.LastAtWork is null).Select(session => new LabBusy("ssh", session.Id, $"ssh of {session.Person}", work.Time - (now - session.Began)))],
            LastInput = open.Select(session => work.Time - (now - session.LastAtWork?.Invoke())).Append(work.LastInput).Max(),
        };
    }

    /// <summary>What runs and ran; null when it does not say.</summary>
    public async Task<IReadOnlyList<RunView>?> RunsAsync(MachineRecord machine, CancellationToken cancellationToken) =>
        await GetAsync(machine, "api/runs", ActivityJson.Default.RunViewArray, cancellationToken) is { } runs
            ? [.. runs.Where(run => run is { Id: not null, Name: not null, State: not null }).Select(run => run with { Machine = machine.Spec.Name })] : null;

    /// <summary>Shows a warning in the machine's pages and terminals; null takes it back. Whether the machine has taken it.</summary>
    public async Task<bool> WarnAsync(MachineRecord machine, LabWarning? warning, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(warning is null ? HttpMethod.Delete : HttpMethod.Post, "api/activity/warning");
        if (warning is not null) request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(warning, ActivityJson.Default.LabWarning)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        // The proof that no foreign page sends it: whoever can set both is none.
        request.Headers.Add("Cookie", "_xsrf=hub");
        request.Headers.Add("X-XSRFToken", "hub");
        return await SendAsync(machine, request, cancellationToken) is not null;
    }

    private async Task<T?> GetAsync<T>(MachineRecord machine, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : class
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        try
        {
            return await SendAsync(machine, request, cancellationToken) is { } answer ? JsonSerializer.Deserialize(answer, type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<byte[]?> SendAsync(MachineRecord machine, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var lab = new Upstream(machine, null, options.SocketOf(machine, Meeting.LabSocket));
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = async (_, token) => new System.Net.Sockets.NetworkStream(await lab.ConnectAsync(token), ownsSocket: true),
        };
        using var client = new HttpClient(handler) { BaseAddress = new Uri("http://localhost/"), Timeout = Patience, MaxResponseContentBufferSize = MostBytes };
        try
        {
            using var answer = await client.SendAsync(request, cancellationToken);
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsByteArrayAsync(cancellationToken) : null;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
