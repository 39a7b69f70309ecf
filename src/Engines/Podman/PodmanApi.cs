using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Podman;

/// <summary>Podman's REST interface (libpod, version 4) over its Unix socket: docs.podman.io/en/latest/_static/api.html.</summary>
internal sealed class PodmanApi : IDisposable
{
    private const string Version = "/v4.0.0/libpod";

    /// <summary>Before paths of the interface that Podman has for Docker's clients: Podman 4.3 tells the digest of a push only there.</summary>
    public const string Docker = "/v1.40";

    private readonly HttpClient _http;

    public PodmanApi(string socket)
    {
        Socket = socket;
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = async (_, cancellationToken) => await ConnectAsync(cancellationToken), UseProxy = false })
        {
            BaseAddress = new Uri("http://podman"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public string Socket { get; }

    public Task<PodmanReply> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    public Task<PodmanReply> PostAsync(string path, byte[]? json, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, json, cancellationToken);

    public Task<PodmanReply> DeleteAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, path, null, cancellationToken);

    /// <summary>The one header that says what a path inside a container is; null when there is none, or no answer.</summary>
    public async Task<PodmanReply> HeadAsync(string path, string header, CancellationToken cancellationToken)
    {
        var (response, none) = await OpenAsync(HttpMethod.Head, path, cancellationToken);
        using (response)
        {
            if (response is null) return none;
            return new((int)response.StatusCode, response.Headers.TryGetValues(header, out var values) ? Convert.FromBase64String(values.First()) : []);
        }
    }

    /// <summary>An answer whose body is read as it comes; null, and the reason, when Podman does not answer.</summary>
    public Task<(HttpResponseMessage? Response, PodmanReply None)> OpenAsync(HttpMethod method, string path, CancellationToken cancellationToken) => OpenAsync(method, path, null, cancellationToken);

    /// <inheritdoc cref="OpenAsync(HttpMethod, string, CancellationToken)" />
    public async Task<(HttpResponseMessage? Response, PodmanReply None)> OpenAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken, RegistryLogin? login = null)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path.StartsWith(Docker, StringComparison.Ordinal) ? path : Version + path) { Content = content };
            if (login is not null) request.Headers.Add("X-Registry-Auth", Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new RegistryAuth(login.User, login.Password), PodmanJson.Default.RegistryAuth)).Replace('+', '-').Replace('/', '_'));
            return (await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken), default);
        }
        catch (HttpRequestException e)
        {
            return (null, Unanswered(e));
        }
    }

    /// <summary>Posts, and gives the connection itself, on which both sides talk from then on; null, and what was answered, when Podman refuses.</summary>
    /// <exception cref="SocketException">Podman does not answer.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<(NetworkStream? Stream, PodmanReply Refusal)> UpgradeAsync(string path, string json, CancellationToken cancellationToken)
    {
        var stream = await ConnectAsync(cancellationToken);
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"POST {Version}{path} HTTP/1.1\r\nHost: podman\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}"), cancellationToken);
            var head = await ReadHeadAsync(stream, cancellationToken);
            var status = head.Split(' ') is [_, var code, ..] && int.TryParse(code, out var number) ? number : 0;
            // 101, or 200 of a Podman that knows no upgrade of this one: after both the stream begins.
            if (status is 101 or 200) return (stream, default);
            await stream.DisposeAsync();
            return (null, new(status, []));
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>A word in a path or a query.</summary>
    public static string Word(string text) => Uri.EscapeDataString(text);

    /// <summary>Sends, and again where a container ended in the midst of the answer: the next one is of a container that has ended. Whatever Podman says this of may be asked twice.</summary>
    private async Task<PodmanReply> SendAsync(HttpMethod method, string path, byte[]? json, CancellationToken cancellationToken)
    {
        const int MostTries = 5;
        for (var tries = 1; ; tries++)
        {
            var reply = await SendOnceAsync(method, path, json, cancellationToken);
            if (!reply.IsOfAProcessThatJustEnded || tries == MostTries) return reply;
        }
    }

    private async Task<PodmanReply> SendOnceAsync(HttpMethod method, string path, byte[]? json, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, Version + path);
            if (json is not null) request.Content = new ByteArrayContent(json) { Headers = { { "Content-Type", "application/json" } } };
            using var response = await _http.SendAsync(request, cancellationToken);
            return new((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (HttpRequestException e)
        {
            return Unanswered(e);
        }
    }

    private static PodmanReply Unanswered(HttpRequestException e) =>
        new(0, [], (e.InnerException as SocketException)?.SocketErrorCode == SocketError.AccessDenied, (e.InnerException ?? e).Message);

    private async Task<NetworkStream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Byte by byte: what follows the head is not HTTP.</summary>
    private static async Task<string> ReadHeadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (head.Length < 16 << 10 && await stream.ReadAsync(one, cancellationToken) > 0)
        {
            head.Append((char)one[0]);
            if (one[0] == '\n' && head.Length >= 4 && head.ToString(head.Length - 4, 4) == "\r\n\r\n") break;
        }

        return head.ToString();
    }
}

/// <summary>What Podman answered.</summary>
/// <param name="Status">Of HTTP; 0 when it did not answer.</param>
/// <param name="Body">What it said.</param>
/// <param name="IsForbidden">Whether the socket is not for this user.</param>
/// <param name="Problem">Why it did not answer.</param>
internal readonly record struct PodmanReply(int Status, byte[] Body, bool IsForbidden = false, string? Problem = null)
{
    public bool Ok => Status is >= 200 and < 300;

    /// <summary>Podman before 4.4 fails where a container's process ends while it reads <c>/proc/PID/cgroup</c> (github.com/containers/podman/pull/16504).</summary>
    public bool IsOfAProcessThatJustEnded => Status == (int)HttpStatusCode.InternalServerError && Message.Contains("/cgroup: no such process", StringComparison.Ordinal);

    public T Read<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Body, type)!;

    /// <summary>What Podman says went wrong.</summary>
    public string Message
    {
        get
        {
            try
            {
                return JsonSerializer.Deserialize(Body, PodmanJson.Default.PodmanProblem)?.Message ?? "";
            }
            catch (JsonException)
            {
                return Encoding.UTF8.GetString(Body);
            }
        }
    }

    /// <summary>As a fault: of the engine when it did not answer, of a full disk, else <paramref name="code"/>.</summary>
    public EngineFault Fault(string socket, string code, string what) =>
        Status == (int)HttpStatusCode.InternalServerError && Message.Contains("no space left on device", StringComparison.Ordinal) ? new("disk-full", $"{what}: the disk is full. {Message}")
        : Status != 0 ? new(code, $"{what}: {Message}")
        : IsForbidden ? new("not-permitted", $"{socket} is not for this user. Use the user's own Podman (systemctl --user enable --now podman.socket), or run as root.")
        : File.Exists(socket) ? new("unavailable", $"Podman does not answer at {socket} ({Problem}). Start it: systemctl restart podman.socket, or podman system service --time=0 unix://{socket}")
        : File.Exists("/usr/bin/podman") ? new("unavailable", $"Podman is installed, and there is no socket of it at {socket}. Start it: systemctl{(Environment.IsPrivilegedProcess ? "" : " --user")} enable --now podman.socket, or podman system service --time=0 unix://{socket} &")
        : new("unavailable", $"There is no Podman at {socket}. Install it (apt-get install podman) and start it: systemctl enable --now podman.socket");
}
