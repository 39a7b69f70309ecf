using System.Globalization;
using System.Net;
using Holdfast.Engines.Contract;
using Holdfast.Hub;
using Holdfast.Hub.Database;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Pages;
using Holdfast.Hub.People;
using Holdfast.Hub.Proxy;
using Holdfast.Hub.Ssh;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Proxy.Bench;

/// <summary>The two servers, each in a process of its own: a Kestrel in the place of a lab, and the hub's proxy before it.</summary>
internal static class Roles
{
    private const int Block = 64 * 1024;
    private const string Small = """{"started": "2026-11-21T12:00:00.000000Z", "last_activity": "2026-11-21T12:00:00.000000Z", "connections": 3, "kernels": 2}""";

    public static async Task LabAsync(string socket)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = "/" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.ListenUnixSocket(socket);
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(AnswerAsync);
        await app.StartAsync();
        Console.WriteLine(app.Urls.Select(url => new Uri(url)).Single(url => url.Host == "127.0.0.1").Port.ToString(CultureInfo.InvariantCulture));
        await Console.In.ReadLineAsync();
        await app.StopAsync();
    }

    public static async Task HubAsync(string folder, string socket)
    {
        var folders = new HubFolders(folder) { MeetingRoot = folder };
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = "/" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var machine = new MachineRecord { Id = "m00000000", Spec = new MachineSpec { Name = "leaves" }, Owner = "ada", State = MachineState.Running, Created = DateTimeOffset.UnixEpoch };
        builder.Services
            .AddRoutingCore()
            .AddSingleton(new HubOptions { Folders = folders, Engines = new Dictionary<string, IEngine>(), ProgramFolder = "/", Settings = new HubSettings() })
            .AddSingleton(folders)
            .AddSingleton(new HubSettings())
            .AddSingleton(TimeProvider.System)
            .AddSingleton(_ => HubDatabase.Open(folders.Database))
            .AddSingleton<IMachines>(new OneMachine(machine, socket))
            .AddPeople().AddSingleton<SshSessions>().AddProxy().AddPages();
        var app = builder.Build();
        app.UseMachineOrigins();
        await app.StartAsync();
        app.Services.GetRequiredService<Persons>().Add("ada", isAdmin: false, null);
        var session = app.Services.GetRequiredService<Sessions>().Begin("ada", "bench");
        var port = new Uri(app.Urls.First()).Port.ToString(CultureInfo.InvariantCulture);
        var cookie = app.Services.GetRequiredService<MachineCookies>().New(Bearer.Hash(session)!, machine, new MachineOrigin("leaves", null));
        Console.WriteLine($"{port} holdfast-machine-{port}={cookie}");
        await Console.In.ReadLineAsync();
        await app.StopAsync();
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        if (context.WebSockets.IsWebSocketRequest)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var message = new byte[1024];
            while (await socket.ReceiveAsync(message.AsMemory(), CancellationToken.None) is { MessageType: not System.Net.WebSockets.WebSocketMessageType.Close } received)
                await socket.SendAsync(message.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, CancellationToken.None);
            return;
        }
        if (HttpMethods.IsPut(context.Request.Method))
        {
            var buffer = new byte[Block];
            while (await context.Request.Body.ReadAsync(buffer) > 0) { }
            return;
        }
        if (!int.TryParse(context.Request.Query["bytes"], CultureInfo.InvariantCulture, out var bytes))
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Small);
            return;
        }
        context.Response.ContentLength = bytes;
        var block = new byte[Block];
        for (var sent = 0; sent < bytes; sent += Block) await context.Response.Body.WriteAsync(block.AsMemory(0, Math.Min(Block, bytes - sent)));
    }

    private sealed class OneMachine(MachineRecord machine, string socket) : IMachines
    {
        public IReadOnlyList<MachineRecord> List(Caller caller) => [machine];

        public HubResult<MachineRecord> Find(Caller caller, string name) => name == machine.Spec.Name ? machine : new HubFault("not-found", "");

        public Task<HubResult<MachineRecord>> CreateAsync(Caller caller, MachineSpec spec, CancellationToken cancellationToken) => Task.FromResult<HubResult<MachineRecord>>(machine);

        public HubResult<MachineRecord> Start(Caller caller, string name, StartWish wish) => machine;

        public Task<HubResult<MachineRecord>> StopAsync(Caller caller, string name, bool confirmed, CancellationToken cancellationToken) => Task.FromResult<HubResult<MachineRecord>>(machine);

        public string LabSocketOf(MachineRecord of) => socket;

        public string PortSocketOf(MachineRecord of) => socket;

        public Task<HubResult<LossList>> LookAsync(MachineRecord of, CancellationToken cancellationToken) => throw new NotSupportedException();

        public LossList? LastLoss(MachineRecord of) => null;
    }
}
