using System.CommandLine;
using System.Net.Sockets;
using Holdfast.Cli.Lab;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast desktop NAME</c>: a machine's desktop, which goes on without anybody watching.</summary>
internal static class DesktopVerb
{
    private const string VncPort = "5901";

    public static Command Create()
    {
        var name = Asking.Machine();
        var size = new Option<string?>("--size") { Description = "Width and height in pixels of one that is started, default 1280x800. The page changes it to its own.", HelpName = "WxH" };
        var stop = new Option<bool>("--stop") { Description = "End it, and the programs in it." };
        var vnc = new Option<string?>("--vnc") { Description = $"Let VNC viewers of this computer see it at a port here, default {VncPort}, 0 for any free one, until Ctrl-C.", HelpName = "LOCAL", Arity = ArgumentArity.ZeroOrOne };
        vnc.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !ushort.TryParse(token.Value, out _)) result.AddError($"--vnc takes a port of this computer, as {VncPort}, not '{token.Value}'.");
        });
        var quiet = new Option<bool>("--no-browser") { Description = "Print the address only." };
        var format = Output.Format();
        return Asking.Verb("desktop", "Start a machine's desktop where it does not run, print its address, and open it in the browser, where there is one. It goes on until it is ended or the machine stops.", async (parse, hub, cancellationToken) =>
        {
            var machine = parse.GetValue(name)!;
            if (parse.GetValue(stop))
            {
                var ended = await hub.DeleteAsync(Asking.PathOf(machine, "/desktop"), cancellationToken);
                return ended.Fault is null ? 0 : Asking.Fail(ended);
            }
            var reply = await hub.SendAsync(HttpMethod.Post, Asking.PathOf(machine, "/desktop"), new DesktopRequest(parse.GetValue(size)), HubJson.Default.DesktopRequest, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetResult(vnc) is not null) return await ViewAsync(hub, machine, ushort.Parse(parse.GetValue(vnc) ?? VncPort, System.Globalization.CultureInfo.InvariantCulture), cancellationToken);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var desktop = reply.Read(HubJson.Default.DesktopView);
            Console.WriteLine(desktop.Url);
            await Console.Error.WriteLineAsync($"The desktop of {machine} runs, {desktop.Width}x{desktop.Height}. '{Surroundings.Program} desktop {machine} --stop' ends it.");
            if (!parse.GetValue(quiet)) Browser.Open(desktop.Url!);
            return 0;
        }, name, size, stop, vnc, quiet, format);
    }

    private static async Task<int> ViewAsync(HubClient hub, string machine, int port, CancellationToken cancellationToken)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (LocalPort.Listen(listener, port) is { } problem) return Output.Fail($"port {port} of this computer cannot be taken: {Output.Sentence(problem)} '{Surroundings.Program} desktop {machine} --vnc 0' takes any that is free.");
        Console.WriteLine($"localhost:{LocalPort.Of(listener)} is the desktop of {machine} for VNC viewers.");
        Console.WriteLine("Ctrl-C ends it.");
        try
        {
            await LocalPort.ServeAsync(hub, Asking.PathOf(machine, "/desktop/socket"), $"the desktop of {machine}", listener, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C.
        }
        return 0;
    }
}
