using System.Net;
using System.Net.Sockets;
using Holdfast.Engines.Contract;
using Holdfast.Hub.Api;
using Holdfast.Hub.Activity;
using Holdfast.Hub.Costs;
using Holdfast.Hub.Database;
using Holdfast.Hub.Events;
using Holdfast.Hub.Images;
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
using Holdfast.Hub.Tests.Output;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Tests.People;

/// <summary>People, proxy and pages of a hub on a port of its own, over machines that a test makes up.</summary>
internal sealed class PeopleHub : IAsyncDisposable
{
    public const string Password = "correct horse";

    private readonly WebApplication _app;
    private readonly List<HttpClient> _clients = [];

    private PeopleHub(WebApplication app, string folder, ManualClock clock, FakeMachines machines, FakeJobs jobs)
    {
        _app = app;
        Folder = folder;
        Clock = clock;
        Machines = machines;
        Jobs = jobs;
    }

    public string Folder { get; }

    /// <summary>For another hub on the same data.</summary>
    public bool KeepsFolder { get; set; }

    public ManualClock Clock { get; }

    public FakeMachines Machines { get; }

    public FakeJobs Jobs { get; }

    public int Port { get; private set; }

    /// <summary>The hub's own address.</summary>
    public Uri Address => new($"http://localhost:{Port}/");

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    /// <param name="folder">The data folder of a hub that ran before; null for a new one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<PeopleHub> StartAsync(CancellationToken cancellationToken, string? folder = null)
    {
        folder ??= Directory.CreateTempSubdirectory("hf-hub-").FullName;
        var folders = new HubFolders(folder) { MeetingRoot = folder };
        var clock = new ManualClock();
        var machines = new FakeMachines();
        var jobs = new FakeJobs(folders.Storage);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = "/" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        builder.Services
            .AddRoutingCore()
            .AddSingleton(new HubOptions { Folders = folders, Engines = new Dictionary<string, IEngine>(), ProgramFolder = "/", Settings = new HubSettings() })
            .AddSingleton(folders)
            .AddSingleton(new HubSettings { Types = [new MachineType("standard", null, null, 0, null, 0.25m)] })
            .AddSingleton<TimeProvider>(clock)
            .AddSingleton(_ => HubDatabase.Open(folders.Database))
            .AddSingleton<IMachines>(machines)
            .AddEvents()
            .AddCosts()
            .AddMachines()
            .AddLoss()
            .AddStorage()
            .AddActivity()
            .AddPoints()
            .AddImages()
            .AddStores()
            .AddOutput()
            .AddSingleton<IJobs>(jobs)
            .AddPeople()
            .AddSsh()
            .AddMosh()
            .AddProxy()
            .AddPages();
        var app = builder.Build();
        app.UseMachineOrigins();
        app.UseRouting();
        app.UsePeople();
        app.MapPeople();
        app.MapProxy();
        app.MapPages();
        JobOutputApi.Map(app.MapGroup(ApiFeature.Root));
        app.MapMethods("/api/v1/whoami", ["GET", "POST"], context => context.Response.WriteAsync($"{context.Caller().Name} {context.Caller().IsAdmin}", context.RequestAborted));
        await app.StartAsync(cancellationToken);
        var hub = new PeopleHub(app, folder, clock, machines, jobs);
        hub.Port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        return hub;
    }

    /// <summary>A browser without cookies: every host is this hub, redirects are not followed.</summary>
    public HttpClient NewClient()
    {
        var client = new HttpClient(NewHandler()) { BaseAddress = Address };
        _clients.Add(client);
        return client;
    }

    /// <summary>What connects to this hub, whatever the host is called.</summary>
    public SocketsHttpHandler NewHandler() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        RequestHeaderEncodingSelector = static (_, _) => System.Text.Encoding.UTF8,
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    /// <summary>Somebody, and a browser in which they have logged in by the form.</summary>
    public async Task<HttpClient> LogInByFormAsync(string name)
    {
        if (Get<Persons>().Find(name) is null) Get<Persons>().Add(name, isAdmin: false, Password);
        var client = NewClient();
        var answer = await client.SubmitAsync("/login", ("name", name), ("password", Password));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return client;
    }

    /// <summary>Somebody without a password, and a browser in which they are logged in: passwords are slow on purpose.</summary>
    public HttpClient LogIn(string name, bool isAdmin = false)
    {
        Get<Persons>().Add(name, isAdmin, null);
        var handler = NewHandler();
        handler.CookieContainer.Add(Address, new Cookie($"holdfast-session-{Port}", Get<Sessions>().Begin(name, "a test")));
        var client = new HttpClient(handler) { BaseAddress = Address };
        _clients.Add(client);
        return client;
    }

    /// <summary>A token of somebody's.</summary>
    public string TokenOf(string name, string scope = Tokens.All)
    {
        Get<Persons>().Add(name, isAdmin: false, password: null);
        return Get<Tokens>().Create(new Caller(name, false), "test", scope, null).Value.Shown;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        // As a hub ends: what works beside the requests has its end before the database.
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        if (!KeepsFolder) Directory.Delete(Folder, recursive: true);
    }
}
