using System.Net;
using System.Text.Json.Nodes;

namespace Holdfast.Hub.Tests.Activity;

/// <summary>What a chat service is to a webhook.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly HttpListener _listener = new();

    public Receiver()
    {
        Address = new Uri($"http://localhost:{FreePort.Next()}/hook/");
        _listener.Prefixes.Add(Address.AbsoluteUri);
        _listener.Start();
    }

    public Uri Address { get; }

    /// <summary>The next POST, answered with this.</summary>
    public async Task<JsonNode> NextAsync(int status = 200, string? location = null)
    {
        var context = await _listener.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(60), TestHub.Cancellation);
        Assert.Equal(("POST", "application/json; charset=utf-8"), (context.Request.HttpMethod, context.Request.ContentType));
        var body = (await JsonNode.ParseAsync(context.Request.InputStream, cancellationToken: TestHub.Cancellation))!;
        context.Response.StatusCode = status;
        if (location is not null) context.Response.RedirectLocation = location;
        context.Response.Close();
        return body;
    }

    public void Dispose() => _listener.Close();
}
