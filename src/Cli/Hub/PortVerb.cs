using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Ports;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast port NAME [PORT[:LOCAL]…]</c>: ports inside a machine, on this computer.</summary>
internal static class PortVerb
{
    private const int Backlog = 128;

    public static Command Create()
    {
        var name = Asking.Machine();
        var ports = new Argument<Forward[]>("PORT[:LOCAL]")
        {
            Description = "A port inside; behind a colon that of this computer, 0 for any free one. Default the same. Several may be named; none lists what listens inside.",
            Arity = ArgumentArity.ZeroOrMore,
            CustomParser = result => [.. result.Tokens.Select(token => Read(token.Value, result))],
        };
        var format = Output.Format();
        return Asking.Verb("port", "Reach ports inside a machine from this computer, by localhost alone, until Ctrl-C; any TCP, any number of connections. Without a port, list what listens inside.", async (parse, hub, cancellationToken) =>
        {
            var (machine, wanted) = (parse.GetValue(name)!, parse.GetValue(ports) ?? []);
            var reply = await hub.GetAsync(Asking.PathOf(machine, "/ports"), cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            var list = reply.Read(HubJson.Default.PortViewArray);
            if (wanted.Length > 0) return await ForwardAsync(hub, machine, wanted, list, cancellationToken);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            if (list.Length == 0) Console.WriteLine($"Nothing listens inside {machine}.");
            else Output.Table(["PORT", "PROGRAM", "ADDRESS"], [.. list.Select(each => (string[])[each.Port.ToString(CultureInfo.InvariantCulture), MachineTexts.Plain(each.Program), each.Url])]);
            return 0;
        }, name, ports, format);
    }

    private static async Task<int> ForwardAsync(HubClient hub, string machine, Forward[] forwards, PortView[] known, CancellationToken cancellationToken)
    {
        var listeners = new List<Socket>();
        try
        {
            foreach (var forward in forwards)
            {
                var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                listeners.Add(listener);
                try
                {
                    listener.Bind(new IPEndPoint(IPAddress.Loopback, forward.Local));
                    listener.Listen(Backlog);
                }
                catch (SocketException fault)
                {
                    return Output.Fail($"port {forward.Local} of this computer cannot be taken: {Output.Sentence(fault.Message)} '{Surroundings.Program} port {machine} {forward.Port}:0' takes any that is free.");
                }
                var program = known.FirstOrDefault(each => each.Port == forward.Port)?.Program;
                Console.WriteLine($"localhost:{((IPEndPoint)listener.LocalEndPoint!).Port} is port {forward.Port} of {machine}{(program is null ? ", where nothing listens yet" : $" ({MachineTexts.Plain(program)})")}.");
            }
            Console.WriteLine("Ctrl-C ends it.");
            await Task.WhenAll(forwards.Zip(listeners, (forward, listener) => AcceptAsync(hub, machine, forward.Port, listener, cancellationToken)));
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C.
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
        return 0;
    }

    private static async Task AcceptAsync(HubClient hub, string machine, int port, Socket listener, CancellationToken cancellationToken)
    {
        while (true)
        {
            var accepted = await listener.AcceptAsync(cancellationToken);
            accepted.NoDelay = true;
            _ = ServeAsync(hub, machine, port, accepted, cancellationToken);
        }
    }

    private static async Task ServeAsync(HubClient hub, string machine, int port, Socket accepted, CancellationToken cancellationToken)
    {
        using var tcp = accepted;
        try
        {
            using var web = await hub.ConnectAsync(Asking.PathOf(machine, string.Create(CultureInfo.InvariantCulture, $"/ports/{port}")), cancellationToken);
            await PortWire.RunAsync(web, tcp, cancellationToken);
        }
        catch (WebSocketException fault)
        {
            // A reset tells the client more than an end would.
            tcp.LingerState = new LingerOption(true, 0);
            await Console.Error.WriteLineAsync($"holdfast: port {port} of {machine} was not reached: {Output.Sentence(fault.Message)}");
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C.
        }
    }

    private static Forward Read(string text, ArgumentResult result)
    {
        var parts = text.Split(':');
        if (parts.Length <= 2 && Number(parts[0]) is > 0 and var port && (parts.Length == 1 ? port : Number(parts[1])) is { } local) return new Forward(port, local);
        result.AddError($"PORT[:LOCAL] is a port, as 6006, or two, as 6006:16006, not '{text}'.");
        return default;
    }

    private static int? Number(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A port inside, and the one of this computer; 0 for any.</summary>
    private readonly record struct Forward(int Port, int Local);
}
