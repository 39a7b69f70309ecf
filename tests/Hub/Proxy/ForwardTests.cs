using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Holdfast.Hub.Tests.Proxy;

public sealed class ForwardTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/contents/a%2Fb%20c.ipynb?content=1&x=%5B%5D")]
    [InlineData("/a//b/./c/../d;v=1?q=a+b&q=%F0%9F%8C%BF")]
    [InlineData("/?")]
    [InlineData("/x?token=mine&hf_=1")]
    public async Task Target_OfAnyKind_GoesThroughAsItIs(string target)
    {
        await using var place = await ProxyPlace.StartAsync(context => context.Response.WriteAsync(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget));
        using var client = place.NewTokenClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{place.Address.GetLeftPart(UriPartial.Authority)}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));

        var answer = await client.SendAsync(request, Cancel);

        Assert.Equal(target, await answer.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task Lab_ThatIsALinkToASocketOfTheHost_IsNotReached()
    {
        await using var place = await ProxyPlace.StartAsync();
        var host = Path.Combine(place.Hub.Folder, "engine.sock");
        place.Add(await LabPeer.StartAsync(host, context => context.Response.WriteAsync("what only root may ask")));
        File.CreateSymbolicLink(place.Socket, host);
        using var client = place.NewTokenClient();

        var answer = await client.GetAsync("/v4.0.0/libpod/info", Cancel);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.DoesNotContain("root", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_OfARequest_HoldsWhereItCameFromAndNothingOfOurs()
    {
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        await using var place = await ProxyPlace.StartAsync(context =>
        {
            foreach (var (name, value) in context.Request.Headers) seen[name] = value.ToString();
            return Task.CompletedTask;
        });
        using var client = place.NewTokenClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/x");
        request.Headers.TryAddWithoutValidation("Cookie", $"a=1; holdfast-session-{place.Hub.Port}=secret; __Host-holdfast-machine-443=secret; _xsrf=2");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", "evil.example");
        request.Headers.TryAddWithoutValidation("X-Mine", "grün");
        request.Headers.TryAddWithoutValidation("X-Hop", "1");
        request.Headers.TryAddWithoutValidation("Connection", "X-Hop");
        request.Headers.TryAddWithoutValidation("TE", "trailers");

        await client.SendAsync(request, Cancel);

        Assert.Equal("a=1; _xsrf=2", seen["Cookie"]);
        Assert.Equal(place.Address.Authority, seen["Host"]);
        Assert.Equal(place.Address.Authority, seen["X-Forwarded-Host"]);
        Assert.Equal("http", seen["X-Forwarded-Proto"]);
        Assert.Equal("127.0.0.1", seen["X-Forwarded-For"]);
        Assert.Equal(["Cookie", "Host", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Mine"], seen.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Head_OfAnAnswer_ComesAsItIs()
    {
        await using var place = await ProxyPlace.StartAsync(context =>
        {
            context.Response.StatusCode = 418;
            context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = "Short and stout";
            context.Response.Headers.Append("Set-Cookie", "a=1; Path=/");
            context.Response.Headers.Append("Set-Cookie", "b=2; Path=/");
            context.Response.Headers.ContentDisposition = "attachment; filename=grün.txt";
            context.Response.Headers["Location"] = "/elsewhere";
            return context.Response.WriteAsync("tea");
        });
        using var client = place.NewTokenClient();

        var answer = await client.GetAsync("/x", Cancel);

        Assert.Equal(418, (int)answer.StatusCode);
        Assert.Equal("Short and stout", answer.ReasonPhrase);
        Assert.Equal(["a=1; Path=/", "b=2; Path=/"], answer.Headers.GetValues("Set-Cookie"));
        // Bytes as they were: this client reads them as Latin-1.
        Assert.Equal("attachment; filename=grün.txt", Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(answer.Content.Headers.GetValues("Content-Disposition").Single())));
        Assert.Equal("tea", await answer.Content.ReadAsStringAsync(Cancel));
        Assert.False(answer.Headers.Contains("X-Frame-Options"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bodies_OfManyMegabytes_GoBothWays(bool withLength)
    {
        var size = 24_000_000 + 17;
        await using var place = await ProxyPlace.StartAsync(async context =>
        {
            var hash = Convert.ToHexString(await SHA256.HashDataAsync(context.Request.Body, context.RequestAborted));
            context.Response.Headers["X-Hash"] = hash;
            if (withLength) context.Response.ContentLength = size;
            var block = new byte[100_003];
            for (var sent = 0; sent < size; sent += block.Length) await context.Response.Body.WriteAsync(block.AsMemory(0, Math.Min(block.Length, size - sent)), context.RequestAborted);
        });
        using var client = place.NewTokenClient();
        var body = RandomNumberGenerator.GetBytes(size);
        using var content = new StreamContent(withLength ? new MemoryStream(body) : new Unseekable(body));
        using var request = new HttpRequestMessage(HttpMethod.Put, "/upload") { Content = content };

        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        var said = answer.Content.Headers.ContentLength;
        var back = await answer.Content.ReadAsByteArrayAsync(Cancel);

        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), answer.Headers.GetValues("X-Hash").Single());
        Assert.Equal(withLength ? size : null, said);
        Assert.Equal(size, back.Length);
    }

    [Theory]
    [InlineData("HEAD", 200)]
    [InlineData("GET", 204)]
    [InlineData("GET", 304)]
    [InlineData("DELETE", 204)]
    [InlineData("POST", 200)]
    [InlineData("OPTIONS", 200)]
    public async Task Answer_WithoutABody_LeavesTheConnectionInOrder(string method, int status)
    {
        await using var place = await ProxyPlace.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.Path == "/x" ? status : 200;
            if (method == "HEAD") context.Response.ContentLength = 1234;
            context.Response.Headers.ETag = "\"1\"";
            return Task.CompletedTask;
        });
        using var client = place.NewTokenClient();

        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Parse(method), "/x");
            using var answer = await client.SendAsync(request, Cancel);
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Equal("\"1\"", answer.Headers.ETag!.Tag);
            if (method == "HEAD") Assert.Equal(1234, answer.Content.Headers.ContentLength);
            Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancel));
        }
    }

    [Fact]
    public async Task Range_OfAFile_ComesAsAPart()
    {
        await using var place = await ProxyPlace.StartAsync(context =>
            Results.Bytes(Encoding.ASCII.GetBytes("0123456789"), enableRangeProcessing: true).ExecuteAsync(context));
        using var client = place.NewTokenClient();
        client.DefaultRequestHeaders.Range = new RangeHeaderValue(2, 4);

        var answer = await client.GetAsync("/file", Cancel);

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal("bytes 2-4/10", answer.Content.Headers.ContentRange!.ToString());
        Assert.Equal("234", await answer.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task Expect_RefusedByTheLab_SendsNoBody()
    {
        await using var place = await ProxyPlace.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.ContentLength > 100 ? StatusCodes.Status413PayloadTooLarge : 200;
            return Task.CompletedTask;
        });
        using var handler = place.Hub.NewHandler();
        handler.Expect100ContinueTimeout = TimeSpan.FromSeconds(30);
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(place.Address, "/big")) { Content = new ByteArrayContent(new byte[1000]) };
        request.Headers.ExpectContinue = true;
        request.Headers.Add("Authorization", $"token {place.Hub.TokenOf("ada")}");

        var answer = await client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Events_ArriveAtOnce()
    {
        var go = new TaskCompletionSource();
        await using var place = await ProxyPlace.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await go.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync("data: 1\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        using var client = place.NewTokenClient();

        using var answer = await client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, Cancel);
        go.SetResult();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel));

        Assert.Equal("data: 1", await reader.ReadLineAsync(Cancel));
    }

    [Fact]
    public async Task Token_ThatRunsOut_EndsWhatIsOpenByIt()
    {
        await using var place = await ProxyPlace.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        place.Hub.Get<Persons>().Add("ada", isAdmin: false, password: null);
        var token = place.Hub.Get<Tokens>().Create(new Caller("ada", false), "test", Tokens.All, TimeSpan.FromHours(1)).Value.Shown;
        var client = place.Hub.NewClient();
        client.DefaultRequestHeaders.Add("Authorization", $"token {token}");
        place.Hub.Clock.Now += TimeSpan.FromHours(1) - TimeSpan.FromSeconds(5);

        using var answer = await client.GetAsync(new Uri(place.Address, "/events"), HttpCompletionOption.ResponseHeadersRead, Cancel);
        await using var events = await answer.Content.ReadAsStreamAsync(Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Assert.ThrowsAnyAsync<IOException>(async () => await events.ReadExactlyAsync(new byte[1], Cancel));
    }

    [Fact]
    public async Task Client_ThatGoes_EndsTheLabsWork()
    {
        var begun = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        await using var place = await ProxyPlace.StartAsync(async context =>
        {
            context.RequestAborted.Register(ended.SetResult);
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        using var client = place.NewTokenClient();
        using var gone = new CancellationTokenSource();

        var request = client.GetAsync("/slow", gone.Token);
        await begun.Task.WaitAsync(Cancel);
        await gone.CancelAsync();

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
    }

    [Fact]
    public async Task Lab_ThatDiesBeforeItsAnswer_Is502()
    {
        await using var place = await ProxyPlace.StartAsync();
        place.Add(new SocketPeer(place.Socket, async (client, cancellationToken) => await client.ReceiveAsync(new byte[10], cancellationToken)));
        using var client = place.NewTokenClient();

        var api = await client.GetAsync("/api/x", Cancel);
        using var page = new HttpRequestMessage(HttpMethod.Get, "/lab");
        page.Headers.Add("Accept", "text/html");
        var shown = await client.SendAsync(page, Cancel);

        Assert.Equal(HttpStatusCode.BadGateway, api.StatusCode);
        Assert.Contains("\"state\":\"running\"", await api.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadGateway, shown.StatusCode);
        Assert.Contains("The lab of leaves does not answer", await shown.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lab_ThatDiesInTheMiddleOfABody_IsNotTakenForWhole()
    {
        await using var place = await ProxyPlace.StartAsync();
        place.Add(new SocketPeer(place.Socket, async (client, cancellationToken) =>
        {
            await client.ReceiveAsync(new byte[10_000], cancellationToken);
            await client.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), cancellationToken);
        }));
        using var client = place.NewTokenClient();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync("/x", Cancel));
    }

    [Fact]
    public async Task Token_OnAWrite_BringsTheLabsProofWithIt()
    {
        string? cookie = null, header = null, authorization = null;
        await using var place = await ProxyPlace.StartAsync(context =>
        {
            (cookie, header, authorization) = (context.Request.Headers.Cookie, context.Request.Headers["X-XSRFToken"], context.Request.Headers.Authorization);
            return Task.CompletedTask;
        });
        using var client = place.NewTokenClient();

        await client.PostAsync("/api/kernels", null, Cancel);

        Assert.Equal("_xsrf=token", cookie);
        Assert.Equal("token", header);
        Assert.Null(authorization);
    }

    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
