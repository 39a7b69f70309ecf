using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Proxy;

namespace Holdfast.Hub.Ports;

/// <summary>The ports inside machines: which there are, and connections to them.</summary>
internal sealed class MachinePorts(IMachines machines)
{
    private const int MostBytes = 64 << 10, MostPorts = 500, LongestName = 15, LongestAnswer = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The ports that something inside listens on. What the machine says of itself: its own words, and nothing that is relied on.</summary>
    public async Task<HubResult<IReadOnlyList<ListeningPort>>> ListAsync(MachineRecord machine, CancellationToken cancellationToken)
    {
        if (NotRunning(machine) is { } fault) return fault;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Patience);
        try
        {
            using var socket = await new Upstream(machine, null, machines.PortSocketOf(machine)).ConnectAsync(late.Token);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"{PortGate.List}\n"), late.Token);
            var said = new byte[MostBytes];
            var length = 0;
            while (length < said.Length && await socket.ReceiveAsync(said.AsMemory(length), late.Token) is > 0 and var count) length += count;
            return Encoding.UTF8.GetString(said, 0, length).Split('\n').Take(MostPorts).Select(Read).OfType<ListeningPort>().ToList();
        }
        catch (Exception problem) when (problem is IOException or SocketException || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return NoAnswer(machine, problem);
        }
    }

    /// <summary>Connects to a port inside.</summary>
    public async Task<HubResult<Socket>> ConnectAsync(MachineRecord machine, int port, CancellationToken cancellationToken)
    {
        if (NotRunning(machine) is { } fault) return fault;
        try
        {
            return await new Upstream(machine, port, machines.PortSocketOf(machine)).ConnectAsync(cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or SocketException)
        {
            return NoAnswer(machine, problem);
        }
    }

    /// <summary>Connects to a mosh-server inside (<see cref="MoshGate"/>). Fault <c>not-found</c> when there is none at that port any more.</summary>
    public async Task<HubResult<Socket>> ConnectMoshAsync(MachineRecord machine, int port, CancellationToken cancellationToken)
    {
        if (NotRunning(machine) is { } fault) return fault;
        Socket? socket = null;
        try
        {
            socket = await new Upstream(machine, null, machines.PortSocketOf(machine)).ConnectAsync(cancellationToken);
            await socket.SendAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{MoshGate.Word}{port}\n")), cancellationToken);
            await using var said = new NetworkStream(socket, ownsSocket: false);
            var answer = Encoding.UTF8.GetString(await FirstLine.ReadAsync(said, LongestAnswer, cancellationToken));
            if (answer == "ok") return socket;
            socket.Dispose();
            return answer == MoshGate.NoServer(port) ? new HubFault("not-found", $"{machine.Spec.Name}: {answer}.")
                // A lab that knows nothing of it has come with an older version, and stays until its machine is stopped.
                : new HubFault("unavailable", answer.Length > 0 ? $"{machine.Spec.Name} runs since before there was mosh; mend: stop and start it." : $"{machine.Spec.Name} does not answer about mosh.");
        }
        catch (Exception problem) when (problem is IOException or SocketException)
        {
            socket?.Dispose();
            return NoAnswer(machine, problem);
        }
    }

    private static ListeningPort? Read(string line) =>
        line.Split(' ', 2) is [var number, var name] && MachineOrigin.PortIn(number) is { } port ? new ListeningPort(port, new string([.. name.Where(letter => !char.IsControl(letter)).Take(LongestName)])) : null;

    private static HubFault? NotRunning(MachineRecord machine) => machine.State == MachineState.Running ? null : MachineRules.NotRunning(machine);

    private static HubFault NoAnswer(MachineRecord machine, Exception problem) => new("unavailable", problem is IOException
        ? $"{machine.Spec.Name}: {problem.Message}; mend: 'holdfast port {machine.Spec.Name}' lists what listens there." : $"{machine.Spec.Name} does not answer about its ports; mend: its log says why (holdfast machine logs {machine.Spec.Name}).");
}
