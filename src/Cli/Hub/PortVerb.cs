using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net.Sockets;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast port NAME [PORT[:LOCAL]…]</c>: ports inside a machine, on this computer.</summary>
internal static class PortVerb
{
    public static Command Create()
    {
        var name = Asking.Machine();
        var ports = new Argument<Forward[]>("PORT[:LOCAL]")
        {
            Description = "A port inside; behind a colon that of this computer, 0 for any free one. Default the same. Several may be named; none lists what listens inside.",
            Arity = ArgumentArity.ZeroOrMore,
            CustomParser = result => [.. result.Tokens.Select(token => Read(token.Value, result))],
        };
        var share = Age.Option("--share", "Make a link that opens the named port in a browser, and nothing else, for whoever has it, for so long, as 2h.");
        var links = new Option<bool>("--links") { Description = "List the links that have not ended." };
        var unshare = new Option<string?>("--unshare") { Description = "End a link, and what is open by it.", HelpName = "ID" };
        var format = Output.Format();
        return Asking.Verb("port", "Reach ports inside a machine from this computer, by localhost alone, until Ctrl-C; any TCP, any number of connections. Without a port, list what listens inside.", async (parse, hub, cancellationToken) =>
        {
            var (machine, wanted) = (parse.GetValue(name)!, parse.GetValue(ports) ?? []);
            if (parse.GetValue(unshare) is { } id) return await hub.DeleteAsync(Asking.PathOf(machine, $"/ports/links/{Uri.EscapeDataString(id)}"), cancellationToken) is { Fault: not null } kept ? Asking.Fail(kept) : 0;
            if (parse.GetValue(links)) return await LinksAsync(hub, machine, parse.GetValue(format) == "json", cancellationToken);
            if (parse.GetValue(share) is { } lifetime) return wanted.Length == 1 ? await ShareAsync(hub, machine, wanted[0].Port, lifetime, parse.GetValue(format) == "json", cancellationToken) : Output.Fail("--share is of one port, as 'holdfast port NAME 6006 --share 2h'.");
            var reply = await hub.GetAsync(Asking.PathOf(machine, "/ports"), cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            var list = reply.Read(HubJson.Default.PortViewArray);
            if (wanted.Length > 0) return await ForwardAsync(hub, machine, wanted, list, cancellationToken);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            if (list.Length == 0) Console.WriteLine($"Nothing listens inside {machine}.");
            else Output.Table(["PORT", "PROGRAM", "ADDRESS"], [.. list.Select(each => (string[])[each.Port.ToString(CultureInfo.InvariantCulture), MachineTexts.Plain(each.Program), each.Url])]);
            return 0;
        }, name, ports, share, links, unshare, format);
    }

    private static async Task<int> ShareAsync(HubClient hub, string machine, int port, TimeSpan lifetime, bool json, CancellationToken cancellationToken)
    {
        var reply = await hub.SendAsync(HttpMethod.Post, Asking.PathOf(machine, string.Create(CultureInfo.InvariantCulture, $"/ports/{port}/links")), new PortLinkRequest(lifetime), HubJson.Default.PortLinkRequest, cancellationToken);
        if (reply.Fault is not null) return Asking.Fail(reply);
        if (json) return reply.WriteJson();
        var link = reply.Read(HubJson.Default.NewPortLink);
        Console.WriteLine(link.Url);
        await Console.Error.WriteLineAsync($"Whoever has it sees port {port} of {machine} until {link.Expires.ToLocalTime():yyyy-MM-dd HH:mm}. '{Surroundings.Program} port {machine} --unshare {link.Id}' ends it before.");
        return 0;
    }

    private static async Task<int> LinksAsync(HubClient hub, string machine, bool json, CancellationToken cancellationToken)
    {
        var reply = await hub.GetAsync(Asking.PathOf(machine, "/ports/links"), cancellationToken);
        if (reply.Fault is not null) return Asking.Fail(reply);
        if (json) return reply.WriteJson();
        var list = reply.Read(HubJson.Default.PortLinkArray);
        if (list.Length == 0) Console.WriteLine($"No port of {machine} is shared.");
        else Output.Table(["LINK", "PORT", "ENDS", "MADE BY"], [.. list.Select(link => (string[])[link.Id, link.Port.ToString(CultureInfo.InvariantCulture), $"{link.Expires.ToLocalTime():yyyy-MM-dd HH:mm}", link.Person])]);
        return 0;
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
                if (LocalPort.Listen(listener, forward.Local) is { } problem) return Output.Fail($"port {forward.Local} of this computer cannot be taken: {Output.Sentence(problem)} '{Surroundings.Program} port {machine} {forward.Port}:0' takes any that is free.");
                var program = known.FirstOrDefault(each => each.Port == forward.Port)?.Program;
                Console.WriteLine($"localhost:{LocalPort.Of(listener)} is port {forward.Port} of {machine}{(program is null ? ", where nothing listens yet" : $" ({MachineTexts.Plain(program)})")}.");
            }
            Console.WriteLine("Ctrl-C ends it.");
            await Task.WhenAll(forwards.Zip(listeners, (forward, listener) => LocalPort.ServeAsync(hub, Asking.PathOf(machine, string.Create(CultureInfo.InvariantCulture, $"/ports/{forward.Port}")), $"port {forward.Port} of {machine}", listener, cancellationToken)));
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
