using System.Net;
using System.Net.Sockets;
using Holdfast.Hub.Activity;
using Holdfast.Hub.Api;
using Holdfast.Hub.Costs;
using Holdfast.Hub.Database;
using Holdfast.Hub.Events;
using Holdfast.Hub.Images;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Mosh;
using Holdfast.Hub.Output;
using Holdfast.Hub.Pages;
using Holdfast.Hub.People;
using Holdfast.Hub.Points;
using Holdfast.Hub.Proxy;
using Holdfast.Hub.Ssh;
using Holdfast.Hub.Storage;
using Holdfast.Hub.Stores;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub;

/// <summary>Where a hub listens, or why it does not.</summary>
/// <param name="Address">Scheme, host and port; null when it did not start.</param>
/// <param name="Problem">What stands in the way, and the mend; null when it started.</param>
/// <param name="At">Where programs of this computer reach it, whatever the names of <paramref name="Address"/> resolve to; null when it did not start.</param>
public sealed record HubStart(Uri? Address, string? Problem, IPEndPoint? At = null);

/// <summary>One hub: the control plane, its API and pages, and the way to its machines, in this process.</summary>
public sealed class HubServer : IAsyncDisposable
{
    private readonly HubOptions _options;
    private readonly IReadOnlyList<IPAddress> _addresses;
    private readonly WebApplication _app;

    /// <summary>Puts the hub together; nothing listens yet.</summary>
    /// <param name="options">How it runs.</param>
    /// <param name="logging">Where logs go; null for nowhere.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public HubServer(HubOptions options, Action<ILoggingBuilder>? logging = null, TimeProvider? time = null) : this(options, logging, time, null, null)
    {
    }

    /// <summary>With services and endpoints of a test's.</summary>
    internal HubServer(HubOptions options, Action<ILoggingBuilder>? logging, TimeProvider? time, Action<IServiceCollection>? add, Action<IEndpointRouteBuilder>? map)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _addresses) = (options, Addresses(options));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = "/" });
        logging?.Invoke(builder.Logging);
        // The platform's own messages hold whole addresses, codes and all.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Listen);
        builder.Services
            .AddRoutingCore()
            .AddSingleton(options)
            .AddSingleton(options.Folders)
            .AddSingleton(options.Settings)
            .AddSingleton(time ?? TimeProvider.System)
            .AddSingleton(_ => HubDatabase.Open(options.Folders.Database))
            .AddPeople()
            .AddEvents()
            .AddCosts()
            .AddMachines()
            .AddJobs()
            .AddLoss()
            .AddStorage()
            .AddStores()
            .AddActivity()
            .AddPoints()
            .AddImages()
            .AddOutput()
            .AddProxy()
            .AddSsh()
            .AddMosh()
            .AddApi()
            .AddPages();
        add?.Invoke(builder.Services);
        _app = builder.Build();

        _app.UseMachineOrigins();
        // Not before: those of machines are theirs.
        _app.UseWebSockets();
        _app.UseRouting();
        _app.UsePeople();
        _app.MapPeople();
        _app.MapProxy();
        _app.MapApi();
        _app.MapPages();
        map?.Invoke(_app);
    }

    /// <summary>What the hub is made of, for the program around it and for tests.</summary>
    internal IServiceProvider Services => _app.Services;

    /// <summary>Takes up the machines that run, begins to listen. A port in use and the like come back as a problem.</summary>
    public async Task<HubStart> StartAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            return new HubStart(null, $"Cannot listen on {_options.Ip} port {_options.Port}: {fault.Message.TrimEnd('.')}; mend: --port with another one, or --port 0 for any free one.");
        }
        var address = new UriBuilder(_app.Urls.First()) { Host = _options.Domain }.Uri;
        return new HubStart(address, null, new IPEndPoint(_addresses[^1].Equals(IPAddress.Any) || _addresses[^1].Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : _addresses[^1], address.Port));
    }

    /// <summary>Waits until <see cref="StopAsync"/> ends the hub, or the token does.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) => ((IHost)_app).WaitForShutdownAsync(cancellationToken);

    /// <summary>Stops listening and lets the requests at hand finish. Machines go on.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => _app.StopAsync(cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Listen(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        // What is sent through to a lab is the lab's to limit.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
        var port = _addresses.Count > 1 && _options.Port == 0 ? FreePort() : _options.Port;
        foreach (var address in _addresses) kestrel.Listen(address, port);
    }

    /// <summary>What it listens on. The names below <c>localhost</c> are this computer's own for all who are on it: they lead to the hub whichever other address it has.</summary>
    private static List<IPAddress> Addresses(HubOptions options)
    {
        var asked = options.Ip is "localhost" ? IPAddress.Loopback : IPAddress.Parse(options.Ip);
        return asked.Equals(IPAddress.Any) || asked.Equals(IPAddress.IPv6Any) || asked.Equals(IPAddress.Loopback) || asked.Equals(IPAddress.IPv6Loopback) ? [asked] : [asked, IPAddress.Loopback];
    }

    /// <summary>One that all of the addresses have free.</summary>
    private int FreePort()
    {
        while (true)
        {
            using var first = new Socket(_addresses[0].AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            using var second = new Socket(_addresses[1].AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            first.Bind(new IPEndPoint(_addresses[0], 0));
            try
            {
                second.Bind(new IPEndPoint(_addresses[1], ((IPEndPoint)first.LocalEndPoint!).Port));
                return ((IPEndPoint)first.LocalEndPoint!).Port;
            }
            catch (SocketException)
            {
                // Another one.
            }
        }
    }
}
