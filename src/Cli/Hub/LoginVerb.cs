using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast login URL</c>, <c>logout</c>, <c>whoami</c>.</summary>
internal static class LoginVerb
{
    public static Command Create()
    {
        var url = new Argument<string>("URL") { Description = "The hub's address, as https://hub.example.org." };
        var command = new Command("login", "Remember a hub, and a token that logs in there. The token is typed, or read from standard input; the hub's account page and 'holdfast token create' make one.") { url };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var text = parse.GetValue(url)!;
            if (!HubClient.IsAddress(text, out var address)) return Output.Fail($"'{text}' is no address of a hub, as https://hub.example.org.");
            var token = SecretInput.Read("Token: ").Trim();
            // What a header cannot hold is no token.
            if (token.Length == 0 || token.Any(letter => letter is <= ' ' or > '~')) return Output.Fail("no token was given.");
            using var hub = HubClient.Of(address!, token);
            var reply = await hub.GetAsync("me", cancellationToken);
            if (reply.Fault is { } fault) return Output.Fail(fault.Message);
            new Login(address!, token).Write();
            Console.WriteLine($"Logged in to {address} as {reply.Read(HubJson.Default.Caller).Name}.{(address!.Scheme == "http" && !address.IsLoopback ? " What goes over the network is not encrypted." : "")}");
            return 0;
        });
        return command;
    }

    public static Command CreateLogout()
    {
        var command = new Command("logout", "Forget the hub of the last login, and its token. The token itself is good until it is revoked.");
        command.SetAction(_ =>
        {
            Console.WriteLine(Login.Forget() ? "Logged out." : "Nobody was logged in.");
            return 0;
        });
        return command;
    }

    public static Command CreateWhoami()
    {
        var format = Output.Format();
        return Asking.Verb("whoami", "Show which hub is meant, and who you are there.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.GetAsync("me", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var caller = reply.Read(HubJson.Default.Caller);
            Console.WriteLine($"{caller.Name}{(caller.IsAdmin ? ", administrator" : "")}{(caller.MayWrite ? "" : ", looking only")}, at {hub.Address}");
            return 0;
        }, format);
    }
}
