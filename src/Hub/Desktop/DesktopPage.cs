using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Holdfast.Hub.Activity;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Pages;
using Holdfast.Hub.People;
using Holdfast.Hub.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Hub.Desktop;

/// <summary>The desktop in a browser, at the machine's own origin: <c>/.holdfast/desktop</c> and what is below it. Who asks was looked at before (<see cref="Proxy.MachineOrigins"/>).</summary>
internal sealed class DesktopPage(MachineDesktops desktops, HubHosts hosts, HubOptions options, IHostApplicationLifetime lifetime)
{
    /// <summary>The page.</summary>
    public const string Path = "/.holdfast/desktop";

    private readonly Lazy<(byte[] Script, byte[] Style, string Version)?> _files = new(() => Read(System.IO.Path.Combine(options.ProgramFolder, "desktop")));

    /// <summary>Answers; the machine runs.</summary>
    /// <param name="context">The request.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="ended">The login is over.</param>
    public async Task AnswerAsync(HttpContext context, MachineRecord machine, CancellationToken ended)
    {
        switch (context.Request.Method, context.Request.Path.Value![Path.Length..])
        {
            case ("GET" or "HEAD", ""):
                await ShowAsync(context, machine);
                break;
            case ("GET" or "HEAD", "/desktop.js" or "/desktop.css") when _files.Value is { } files:
                var isScript = context.Request.Path.Value!.EndsWith(".js", StringComparison.Ordinal);
                context.Response.ContentType = isScript ? "text/javascript; charset=utf-8" : "text/css; charset=utf-8";
                // Their addresses have their hash.
                context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
                await context.Response.Body.WriteAsync(isScript ? files.Script : files.Style, context.RequestAborted);
                break;
            case ("POST", "/input"):
                (context.RequestServices.GetService(typeof(ActivityWatch)) as ActivityWatch)?.Touch(machine);
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case ("GET" or "HEAD", "/state"):
                await TellAsync(context, await desktops.StateAsync(machine, context.RequestAborted));
                break;
            case ("POST", "/start"):
                await TellAsync(context, await desktops.StartAsync(context.Caller(), machine, context.Request.Query["size"], context.RequestAborted));
                break;
            case ("POST", "/stop"):
                await TellAsync(context, await desktops.StopAsync(context.Caller(), machine, context.RequestAborted));
                break;
            case ("GET", "/socket") when context.WebSockets.IsWebSocketRequest:
                await LinkAsync(context, machine, ended);
                break;
            default:
                await FaultAnswer.WriteAsync(context, new HubFault("not-found", "There is nothing at this address."));
                break;
        }
    }

    /// <summary>A WebSocket to the desktop: binary messages are the bytes of RFC 6143, of any VNC viewer's.</summary>
    public async Task LinkAsync(HttpContext context, MachineRecord machine, CancellationToken ended)
    {
        Socket socket;
        try
        {
            socket = await desktops.ConnectAsync(machine, context.RequestAborted);
        }
        catch (SocketException)
        {
            await FaultAnswer.WriteAsync(context, new HubFault("unavailable", $"{machine.Spec.Name} has no desktop at the moment; mend: holdfast desktop {machine.Spec.Name}."));
            return;
        }
        using var desktop = socket;
        // A page that is gone without a word is let go.
        using var web = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(30) });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ended, lifetime.ApplicationStopping);
        await PortWire.RunAsync(web, desktop, null, stop.Token);
    }

    private async Task ShowAsync(HttpContext context, MachineRecord machine)
    {
        var hub = $"{hosts.AddressFor(context.Request)}/machines/{machine.Spec.Name}";
        if (_files.Value is not { } files)
        {
            await HubPage.WriteSmallAsync(context, "No desktop here", $"""<p>The program lies without its web files; mend: build it whole with ./run --build-only, or use a VNC viewer: <code>holdfast desktop {machine.Spec.Name} --vnc</code>.</p>""", StatusCodes.Status503ServiceUnavailable);
            return;
        }
        var response = context.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = $"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws://{context.Request.Host} wss://{context.Request.Host}; img-src 'self' data: blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        Html page = $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover,interactive-widget=resizes-content"><meta name="color-scheme" content="light dark">
            <title>Desktop of {machine.Spec.Name} – Holdfast</title><link rel="icon" href="data:,"><link rel="stylesheet" href="{Path}/desktop.css?v={files.Version}"></head>
            <body><header><a class="brand" href="{hub}" title="About this machine">{Style.Mark}<b>{machine.Spec.Name}</b></a><span id="state" role="status">connecting</span>
            <div class="tools" role="toolbar" aria-label="Desktop"><button id="keyboard">Keyboard</button><button id="keys" aria-expanded="false">Keys</button><button id="clip" aria-expanded="false">Clipboard</button><button id="full">Full screen</button><button id="end">End</button></div></header>
            <div id="panels"><div id="more" class="panel" hidden><button data-key="Control_L" aria-pressed="false">Ctrl</button><button data-key="Alt_L" aria-pressed="false">Alt</button><button data-key="Super_L" aria-pressed="false">Super</button><button data-once="Tab">Tab</button><button data-once="Escape">Esc</button><button data-once="F2">F2</button><button data-once="Delete">Del</button></div>
            <div id="board" class="panel" hidden><label for="text">What is copied in the desktop appears here; what is written here can be pasted there.</label><textarea id="text" rows="5" spellcheck="false" autocapitalize="off" autocorrect="off"></textarea><div class="row"><button id="paste">Take this device's clipboard</button><button id="copy">Copy to this device</button></div></div></div>
            <main id="screen" aria-label="The screen of {machine.Spec.Name}"></main>
            <section id="notice" hidden><h1></h1><p></p><div class="row"><button class="main"></button><button></button></div></section>
            <textarea id="typing" aria-label="Keyboard" autocapitalize="off" autocomplete="off" autocorrect="off" spellcheck="false" tabindex="-1"></textarea>
            <script type="module" src="{Path}/desktop.js?v={files.Version}"></script></body></html>
            """;
        await response.WriteAsync(page.ToString(), context.RequestAborted);
    }

    private static Task TellAsync(HttpContext context, HubResult<DesktopState> state)
    {
        if (!state.Ok) return FaultAnswer.WriteAsync(context, state.Fault);
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, DesktopView.Of(state.Value, null), HubJson.Default.DesktopView, context.RequestAborted);
    }

    private static (byte[], byte[], string)? Read(string folder)
    {
        var (script, style) = (System.IO.Path.Combine(folder, "desktop.js"), System.IO.Path.Combine(folder, "desktop.css"));
        if (!File.Exists(script) || !File.Exists(style)) return null;
        var (code, look) = (File.ReadAllBytes(script), File.ReadAllBytes(style));
        return (code, look, Convert.ToHexStringLower(SHA256.HashData([.. code, .. look]).AsSpan(0, 8)));
    }
}
