using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary>A hub, spoken to by its API.</summary>
internal sealed class HubClient : IDisposable
{
    private readonly HttpClient _http;

    private HubClient(Uri address, string? token, HubPlace? place = null, IPEndPoint? at = null)
    {
        (Address, Place, At) = (address, place ?? HubPlace.Default, at);
        _http = new HttpClient(Handler()) { BaseAddress = new Uri(address, "api/v1/"), Timeout = Timeout.InfiniteTimeSpan };
        if (token is { Length: > 0 }) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Where the hub is.</summary>
    public Uri Address { get; }

    /// <summary>Where that is on this computer, if it is this one's, and its name may say nothing here; else null.</summary>
    public IPEndPoint? At { get; }

    /// <summary>The data folder of the hub of this computer that is looked at first.</summary>
    public HubPlace Place { get; }

    /// <summary>A hub by its address; a token may be null.</summary>
    /// <param name="address">By which it knows itself.</param>
    /// <param name="token">What logs in.</param>
    /// <param name="at">Where that is; null for what its name resolves to.</param>
    public static HubClient Of(Uri address, string? token, IPEndPoint? at = null) => new(address, token, at: at);

    /// <summary>
    /// The hub that is meant: the one of a data folder that is named; else 1 what the option says, 2 <c>HOLDFAST_HUB_URL</c>, 3 the one of the last login, 4 the one that runs on this computer. What logs in is <c>HOLDFAST_HUB_TOKEN</c>, else
    /// what is remembered of that very address, else what the hub of this computer leaves for its user. A problem with its mend when there is none.
    /// </summary>
    public static (HubClient? Hub, string? Problem) Find(string? option, string? data = null)
    {
        var variables = Surroundings.Variables;
        if (data is not null)
        {
            var named = HubPlace.Of(data);
            return named.Address is not { } there ? (null, $"no hub runs on {named.Folder}. '{Surroundings.Program} hub --data {data}' starts one.")
                : (new HubClient(there, File.Exists(named.TokenFile) ? File.ReadAllText(named.TokenFile).Trim() : null, named, named.At), null);
        }
        var (local, login) = (HubPlace.Default, Login.Read());
        var said = option ?? (variables.GetValueOrDefault("HOLDFAST_HUB_URL") is { Length: > 0 } url ? url : null);
        if (said is not null && !IsAddress(said, out _)) return (null, $"'{said}' is no address of a hub, as http://localhost:8800.");
        if (said is null || !IsAddress(said, out var address)) address = login?.Address ?? local.Address;
        if (address is null) return (null, $"no hub runs here. '{Surroundings.Program} hub' starts one, '{Surroundings.Program} login URL' remembers one elsewhere.");
        var token = variables.GetValueOrDefault("HOLDFAST_HUB_TOKEN") is { Length: > 0 } given ? given
            : login?.Address == address ? login.Token
            : local.Address == address && File.Exists(local.TokenFile) ? File.ReadAllText(local.TokenFile).Trim()
            : null;
        return (new HubClient(address, token, at: local.Address == address ? local.At : null), null);
    }

    /// <summary>Whether a text is an address of a hub.</summary>
    public static bool IsAddress(string text, out Uri? address) =>
        Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out address) && address.Scheme is "http" or "https";

    public Task<HubReply> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    public Task<HubReply> DeleteAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, path, null, cancellationToken);

    public Task<HubReply> SendAsync<T>(HttpMethod method, string path, T body, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(method, path, JsonSerializer.SerializeToUtf8Bytes(body, type), cancellationToken);

    public Task<HubReply> SendAsync(HttpMethod method, string path, byte[]? json, CancellationToken cancellationToken) =>
        SendContentAsync(method, path, json is null ? null : new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } }, cancellationToken);

    /// <summary>A request whose body is no JSON. It is disposed with it.</summary>
    public async Task<HubReply> SendContentAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var response = await OpenAsync(method, path, content, cancellationToken);
        return new HubReply((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    /// <summary>An answer that goes on; its stream is the caller's to read and dispose. A fault comes as a reply.</summary>
    /// <param name="method">Of the request.</param>
    /// <param name="path">From the API's root on.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="after">As server-sent events, after this one; null for any kind of answer.</param>
    /// <param name="content">What is sent; null for nothing.</param>
    public async Task<(HttpResponseMessage? Response, HubReply? Fault)> StreamAsync(HttpMethod method, string path, CancellationToken cancellationToken, long? after = null, HttpContent? content = null)
    {
        var response = await OpenAsync(method, path, content, cancellationToken, after);
        if (response.IsSuccessStatusCode) return (response, null);
        using (response) return (null, new HubReply((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken)));
    }

    /// <summary>A WebSocket of the API.</summary>
    /// <exception cref="WebSocketException">The hub does not answer, or refuses it.</exception>
    public async Task<WebSocket> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var web = new ClientWebSocket();
        try
        {
            if (_http.DefaultRequestHeaders.Authorization is { } login) web.Options.SetRequestHeader("Authorization", $"{login}");
            var address = new UriBuilder(new Uri(_http.BaseAddress!, path)) { Scheme = Address.Scheme == "https" ? "wss" : "ws" };
            web.Options.CollectHttpResponseDetails = true;
            // It is done with when the connection is there.
            using var way = new HttpMessageInvoker(Handler());
            await web.ConnectAsync(address.Uri, way, cancellationToken);
            return web;
        }
        catch (WebSocketException) when (web.HttpStatusCode != default)
        {
            var status = (int)web.HttpStatusCode;
            web.Dispose();
            // What it says of it has no way through here.
            throw new WebSocketException(status switch
            {
                401 => "the login has ended",
                403 => "this token only reads",
                404 => "there is no such machine",
                409 => "the machine does not run",
                503 => "nothing answers there",
                _ => $"the hub answers with status {status}",
            });
        }
        catch
        {
            web.Dispose();
            throw;
        }
    }

    /// <summary>A machine as it is and after each change, until it is deleted or the hub ends.</summary>
    public async IAsyncEnumerable<MachineView> WatchAsync(string name, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (response, fault) = await StreamAsync(HttpMethod.Get, $"machines/{Uri.EscapeDataString(name)}/events", cancellationToken);
        if (response is null) throw new IOException(fault!.Fault!.Message);
        using (response)
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            await foreach (var item in SseParser.Create(stream, (_, data) => JsonSerializer.Deserialize(data, HubJson.Default.MachineView)!).EnumerateAsync(cancellationToken)) yield return item.Data;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>How connections come about. The hub's own computer need not know its name: people elsewhere do.</summary>
    private SocketsHttpHandler Handler()
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = At is null && !Address.IsLoopback };
        if (At is { } at) handler.ConnectCallback = async (_, cancellationToken) => await ConnectAsync(at, cancellationToken);
        return handler;
    }

    private static async Task<NetworkStream> ConnectAsync(IPEndPoint at, CancellationToken cancellationToken)
    {
        var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(at, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> OpenAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken, long? after = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (after is { } id)
        {
            request.Headers.Accept.ParseAdd("text/event-stream");
            request.Headers.Add("Last-Event-ID", id.ToString(CultureInfo.InvariantCulture));
        }
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException fault)
        {
            throw new IOException($"the hub at {Address} does not answer: {Output.Sentence(fault.Message)} {(Address.IsLoopback ? $"'{Surroundings.Program} hub' starts it." : "")}".TrimEnd(), fault);
        }
    }
}

/// <summary>What a hub has answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">What came with it.</param>
internal sealed record HubReply(int Status, byte[] Body)
{
    /// <summary>Why it was not done; null when it was.</summary>
    public ApiError? Fault => Status is >= 200 and < 300 ? null : Error();

    /// <summary>What was asked for.</summary>
    public T Read<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Body, type)!;

    /// <summary>Writes the answer as it is, indented.</summary>
    public int WriteJson()
    {
        using var json = JsonDocument.Parse(Body);
        Output.Json(writer => json.WriteTo(writer));
        return 0;
    }

    private ApiError Error()
    {
        try
        {
            if (JsonSerializer.Deserialize(Body, HubJson.Default.ApiError) is { Message: not null } error) return error;
        }
        catch (JsonException)
        {
            // No hub: something else listens there, or stands between.
        }
        return new ApiError("unavailable", $"what answers there is no hub of this version (status {Status}).");
    }
}
