using System.Runtime.InteropServices;
using System.Text.Json;
using Holdfast.Cli.Lab;
using Holdfast.Hub.Inside;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Lab;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Cli.Inside;

/// <summary>A machine's lab, on the socket in the meeting folder. Who may open that socket is the hub, which has asked who comes.</summary>
internal static class InsideLab
{
    public static async Task<int> RunAsync(string meeting, CancellationToken cancellationToken)
    {
        StartOrders orders;
        try
        {
            orders = Meeting.ReadOrders(meeting);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return Output.Fail($"{meeting} has no orders of a hub: {e.Message} 'holdfast inside' is run by a hub, in a machine.");
        }
        // Before anything looks at the environment: hooks export into it.
        await new StartSequence(meeting, orders, TimeProvider.System).RunAsync(cancellationToken);
        var progress = StartProgress.Resume(meeting, TimeProvider.System);
        var variables = Surroundings.Now();
        var home = KeeperHome.FromEnvironment(variables);
        if (home.Prepare() is { } problem) return Fail(problem);
        var sockets = orders.NodeToken is null ? meeting : Meeting.MakeSockets(meeting);
        var options = new LabOptions
        {
            Root = orders.Root,
            Socket = Path.Combine(sockets, Meeting.LabSocket),
            PreferredFolder = Path.GetRelativePath(orders.Root, orders.Notebooks) is var path and not "." ? path : "",
            Token = "",
            // The hub has checked the name, and each machine has one of its own.
            AllowRemoteHosts = true,
            AllowHidden = true,
            AssetsFolder = LabVerb.AssetsFolder,
            StateFolder = home.StateFolder,
            ProcessMark = $"{Meeting.Variable}={meeting}",
            JobAddress = "/.holdfast/job",
            Environment = variables,
        };
        var connecting = KeeperClient.ConnectAsync(home, TimeProvider.System, cancellationToken);
        await using var server = LabServer.Create(options, connecting, logging => logging.Services.AddSingleton<ILoggerProvider>(new LineLoggerProvider(verbose: false)));
        var connected = await connecting;
        if (!connected.Ok) return Fail(connected.Failure.Message);
        await using var keeper = connected.Value;

        using var ended = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        // What a lab has left that was killed.
        foreach (var socket in (string[])[Meeting.LabSocket, Meeting.PortSocket, Meeting.CallSocket]) File.Delete(Path.Combine(sockets, socket));
        await using var gate = orders.NodeToken is { } token ? await NodeGate.OpenAsync(Environment.GetEnvironmentVariable("HOLDFAST_NODE_ADDRESS"), token, sockets) : null;
        await using var calls = gate is null ? null : CallGate.Open(Path.Combine(sockets, Meeting.CallSocket));
        await using var ports = PortGate.Open(Path.Combine(sockets, Meeting.PortSocket), orders.HasOwnRoot ? null : options.ProcessMark, gate?.Registration.Port);
        var start = await server.StartAsync(cancellationToken);
        if (start.Problem is not null) return Fail(start.Problem);
        if (gate is not null) Meeting.Write(meeting, gate.Registration);
        // Runs in this machine are shown in its lab.
        using var register = LabRegister.Enter(options.Root, start.Address!);
        progress.Ready();
        _ = server.FindKernelsAsync();
        await server.WaitForShutdownAsync(ended.Token);
        await server.StopAsync(CancellationToken.None);
        if (sockets != meeting) Directory.Delete(sockets, recursive: true);
        return 0;

        int Fail(string said)
        {
            progress.Failed(said);
            return Output.Fail(said);
        }

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            ended.Cancel();
        }
    }
}
