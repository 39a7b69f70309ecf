using System.Net.Sockets;
using System.Text;
using Holdfast.Engines.Podman;

namespace Holdfast.Engines.Tests.Podman;

/// <summary>Answers that a real Podman gives in one of thousands.</summary>
public sealed class PodmanApiTests : IDisposable
{
    private const string Ended = """{"cause":"no such process","message":"read /proc/11969/cgroup: no such process","response":500}""";
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-api-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly PodmanApi _api;

    public PodmanApiTests()
    {
        var path = Path.Combine(_folder, "podman.sock");
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _api = new PodmanApi(path);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _api.Dispose();
        _listener.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Container_ThatEndsWhileItIsAskedFor_IsAskedForAgain()
    {
        var service = AnswerAsync((500, Ended), (500, Ended), (200, "{}"));

        Assert.True((await _api.GetAsync("/containers/x/json", Cancellation)).Ok);
        await service;
    }

    [Fact]
    public async Task AnythingElse_ThatFails_IsAskedForOnce()
    {
        var service = AnswerAsync((500, """{"message":"database is locked","response":500}"""));

        Assert.Equal("database is locked", (await _api.PostAsync("/containers/x/start", null, Cancellation)).Message);
        await service;
    }

    private async Task AnswerAsync(params (int Status, string Body)[] answers)
    {
        var buffer = new byte[4096];
        foreach (var (status, body) in answers)
        {
            using var connection = await _listener.AcceptAsync(Cancellation);
            for (var head = ""; !head.EndsWith("\r\n\r\n", StringComparison.Ordinal);) head += Encoding.ASCII.GetString(buffer, 0, await connection.ReceiveAsync(buffer, Cancellation));
            await connection.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Said\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"), Cancellation);
        }
    }
}
