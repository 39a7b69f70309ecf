using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Pages;

/// <summary>
/// <c>/live</c>: tells an open page that something on it may have changed, as server-sent events without content; the page asks for itself again. So there is one way to make
/// a page, and what a page may show is decided in one place.
/// </summary>
internal sealed class LiveFeed(HubOptions options, TimeProvider time) : IMachineObserver, IJobObserver
{
    /// <summary>What has no event of its own, as the use of processors, is shown this often.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(20);
    private const int LeastSeconds = 2;
    private readonly ConcurrentDictionary<Channel<bool>, Caller> _pages = new();
    private readonly Lazy<(byte[] Script, string Address)?> _script = new(() => Read(Path.Combine(options.ProgramFolder, "publish", "morph.js")));

    /// <summary>The address of the script; null where the program lies without its web files: pages work without.</summary>
    public string? ScriptAddress => _script.Value?.Address;

    void IMachineObserver.Changed(MachineRecord before, MachineRecord now) => Tell(now.Owner);

    void IJobObserver.Changed(JobRecord before, JobRecord now) => Tell(now.Owner);

    /// <summary>Something that this person and administrators see has changed.</summary>
    public void Tell(string person)
    {
        foreach (var (page, caller) in _pages)
        {
            if (caller.Has(person)) page.Writer.TryWrite(true);
        }
    }

    public async Task ListenAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        var login = Logins.Of(context);
        var every = int.TryParse(context.Request.Query["every"], out var seconds) && seconds >= LeastSeconds && seconds < Tick.TotalSeconds ? TimeSpan.FromSeconds(seconds) : Tick;
        using var ended = login.While(time, context.RequestAborted);
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        _pages[changes] = login.Caller;
        try
        {
            // A line that is no event: the head leaves.
            await SendAsync(": here\n\n");
            while (true)
            {
                using var tick = CancellationTokenSource.CreateLinkedTokenSource(ended.Token);
                await Task.WhenAny(changes.Reader.WaitToReadAsync(tick.Token).AsTask(), Task.Delay(every, time, tick.Token));
                ended.Token.ThrowIfCancellationRequested();
                await tick.CancelAsync();
                changes.Reader.TryRead(out _);
                await SendAsync("data: changed\n\n");
            }
        }
        catch (OperationCanceledException)
        {
            // The page is closed, or the login over.
        }
        finally
        {
            _pages.TryRemove(changes, out _);
        }

        async Task SendAsync(string text)
        {
            await context.Response.WriteAsync(text, ended.Token);
            await context.Response.Body.FlushAsync(ended.Token);
        }
    }

    public Task ScriptAsync(HttpContext context)
    {
        if (_script.Value is not { } script)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }
        context.Response.ContentType = "text/javascript; charset=utf-8";
        // Its address has its hash.
        context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        return context.Response.Body.WriteAsync(script.Script, context.RequestAborted).AsTask();
    }

    private static (byte[], string)? Read(string morph)
    {
        if (!File.Exists(morph)) return null;
        var script = Encoding.UTF8.GetBytes($"{File.ReadAllText(morph)}\n{Style.Resource("live.js")}");
        return (script, $"/live.js?v={Convert.ToHexStringLower(SHA256.HashData(script).AsSpan(0, 8))}");
    }
}
