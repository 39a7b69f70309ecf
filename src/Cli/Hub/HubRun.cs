using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Holdfast.Cli.Lab;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;
using Holdfast.Engines.Podman;
using Holdfast.Engines.Slurm;
using Holdfast.Hub;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Machines;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Cli.Hub;

/// <summary>One run of the hub, from the first word to the last.</summary>
internal static class HubRun
{
    private const string FirstMachine = "first";

    public static async Task<int> RunAsync(HubPlace place, HubWish wish, CancellationToken cancellationToken)
    {
        // :: 1. The folder is ours alone.
        if (Surroundings.Home.Prepare() is { } unready) return Output.Fail(unready);
        await using var taken = place.Lock();
        if (taken is null) return Output.Fail($"another hub runs on {place.Folder}{(place.Address is { } there ? $": {there}" : "")}. End that one, or name another folder with --data.");
        var settings = HubSettings.Read(place.Folders.Settings);
        if (!settings.Ok) return Output.Fail(settings.Fault.Message);
        var isNew = !File.Exists(place.Folders.Database);

        // :: 2. The engines that this computer has.
        var engines = new List<IEngine> { new HostEngine(place.Folders.HostEngine, TimeProvider.System) };
        using var podman = File.Exists(PodmanSocket.Path) ? new PodmanEngine(PodmanSocket.Path) : null;
        if (podman is not null) engines.Add(podman);
        if (settings.Value.Slurm is { } cluster) engines.Add(new SlurmEngine(place.Folders.SlurmEngine, cluster, TimeProvider.System));

        // :: 3. The server.
        var options = new HubOptions
        {
            Folders = place.Folders,
            Ip = wish.Ip,
            Port = wish.Port,
            Domain = wish.Domain,
            Engines = engines.ToDictionary(engine => engine.Name),
            ProgramFolder = AppContext.BaseDirectory.TrimEnd('/'),
            Settings = settings.Value,
        };
        using var ended = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
        await using var server = new HubServer(options, logging => logging.Services.AddSingleton<ILoggerProvider>(new LineLoggerProvider(wish.Verbose)));
        HubStart start;
        try
        {
            start = await server.StartAsync(cancellationToken);
        }
        catch (SqliteException fault)
        {
            return Output.Fail($"{place.Folders.Database}: {fault.Message}");
        }
        catch (CryptographicException fault)
        {
            return Output.Fail(fault.Message);
        }
        catch (JsonException fault)
        {
            return Output.Fail($"{place.Folders.Database} holds what is no machine: {fault.Message}; mend: '{Surroundings.Program} hub restore' of a backup.");
        }
        if (start.Address is not { } address) return Output.Fail(start.Problem!);
        place.Enter(address, start.At!);

        // :: 4. The words that help.
        Console.WriteLine($"Holdfast hub, data in {place.Folder}");
        Console.WriteLine($"  {address}");
        var isOpen = !IPAddress.IsLoopback(IPAddress.TryParse(wish.Ip, out var ip) ? ip : IPAddress.Loopback);
        if (isOpen && wish.Domain == "localhost") Console.WriteLine($"Other computers reach the hub by {(ip!.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any) ? "a number of this one's" : $"http://{new IPEndPoint(ip, address.Port)}/")}, and its machines by a name only: --domain.");
        if (isOpen) Console.WriteLine("Every computer that reaches this one can log in. What goes over the network is not encrypted: put a proxy with TLS before it.");
        if (settings.Value.Mosh is { } mosh) Console.WriteLine($"mosh has UDP ports {mosh.Ports} of {mosh.Ip}, each while it is used. In a firewall: {mosh.Ports}/udp.");
        foreach (var engine in engines.Where(engine => engine != engines[0])) Console.WriteLine(engine.SchedulesItself ? $"Jobs and machines with --engine {engine.Name} run on the cluster." : $"Images run on {engine.Name}.");
        Console.WriteLine("Ctrl-C ends the hub; machines go on.");
        using (var hub = HubClient.Of(address, (await File.ReadAllTextAsync(place.TokenFile, cancellationToken)).Trim(), start.At))
        {
            await SayLinkAsync(hub, cancellationToken);
            if (isNew && wish.FirstMachine) await MakeFirstAsync(hub, ended.Token);
        }

        // :: 5. Serve until somebody ends it.
        await server.WaitForShutdownAsync(ended.Token);
        place.Leave();
        await server.StopAsync(CancellationToken.None);
        Console.WriteLine($"The hub has ended; machines that run go on. '{Surroundings.Program} hub' takes them up again.");
        return 0;

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            ended.Cancel();
        }
    }

    /// <summary>Says how the first administrator gets in, as long as they were not in.</summary>
    private static async Task SayLinkAsync(HubClient hub, CancellationToken cancellationToken)
    {
        var reply = await hub.SendAsync(HttpMethod.Post, "people/setup", null, cancellationToken);
        if (reply is { Fault: null } && reply.Read(HubJson.Default.InviteView).Link is { } link) Console.WriteLine($"Choose your password here, this link is good once:\n  {link}");
    }

    /// <summary>A machine to begin with, on this computer's own system. That it does not come up is said, and the hub goes on.</summary>
    private static async Task MakeFirstAsync(HubClient hub, CancellationToken cancellationToken)
    {
        try
        {
            var made = await hub.SendAsync(HttpMethod.Post, "machines", new MachineSpec { Name = FirstMachine, Engine = "host" }, HubJson.Default.MachineSpec, cancellationToken);
            if (made.Fault is not null)
            {
                Asking.Fail(made);
                return;
            }
            Console.WriteLine($"A first machine, {FirstMachine}, is made and started:");
            await MachineStartVerb.RunAsync(hub, FirstMachine, new StartRequest(), wait: true, quiet: false, json: false, cancellationToken);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            if (!cancellationToken.IsCancellationRequested) Output.Fail(e.Message);
        }
    }
}
