using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast token</c>: what logs programs in.</summary>
internal static class TokenVerb
{
    public static Command Create() => new("token", "Your API tokens: what logs programs and other computers in.") { New(), List(), Revoke() };

    private static Command New()
    {
        var name = new Argument<string>("NAME") { Description = "What you call it, so that you know it again." };
        var read = new Option<bool>("--read") { Description = "It may look, and change nothing." };
        var lifetime = Age.Option("--lifetime", "How long it is good, as 90d or 12h. Default until it is revoked.");
        var format = Output.Format();
        return Asking.Verb("create", "Make a token and print it: it is never shown again.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.SendAsync(HttpMethod.Post, "tokens", new TokenRequest(parse.GetValue(name)!, parse.GetValue(read) ? "read" : "all", parse.GetValue(lifetime)), HubJson.Default.TokenRequest, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var made = reply.Read(HubJson.Default.NewToken);
            Console.WriteLine(made.Token);
            Console.Error.WriteLine($"It is shown once. '{Surroundings.Program} login {hub.Address}' on another computer takes it; '{Surroundings.Program} token revoke {made.Id}' ends it.");
            return 0;
        }, name, read, lifetime, format);
    }

    private static Command List()
    {
        var format = Output.Format();
        return Asking.Verb("ls", "List your tokens.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.GetAsync("tokens", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var tokens = reply.Read(HubJson.Default.TokenArray);
            if (tokens.Length == 0) Console.WriteLine($"No token. '{Surroundings.Program} token create NAME' makes one.");
            else
            {
                Output.Table(["TOKEN", "NAME", "MAY", "MADE", "USED", "ENDS"],
                    [.. tokens.Select(token => new[] { token.Id, token.Name, token.Scope == "read" ? "look" : "all", Clock(token.Created), token.Seen is { } seen ? Clock(seen) : "never", token.Expires is { } end ? Clock(end) : "never" })]);
            }
            return 0;
        }, format);
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("TOKEN") { Description = "Its id, as 'holdfast token ls' lists it." };
        var quiet = Asking.Quiet();
        return Asking.Verb("revoke", "End a token, at once.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.DeleteAsync($"tokens/{Uri.EscapeDataString(parse.GetValue(id)!)}", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (!parse.GetValue(quiet)) Console.WriteLine("The token is revoked.");
            return 0;
        }, id, quiet);
    }

    private static string Clock(DateTimeOffset time) => Output.Clock(time, TimeProvider.System);
}
