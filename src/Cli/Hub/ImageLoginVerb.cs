using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast image login</c> and <c>logout</c>.</summary>
internal static class ImageLoginVerb
{
    public static Command Create()
    {
        var registry = new Argument<string?>("REGISTRY") { Description = "Host and port, as registry.example.org. Default: list your logins.", Arity = ArgumentArity.ZeroOrOne };
        var (format, quiet) = (Output.Format(), Asking.Quiet());
        return Asking.Verb("login", "Keep your login to a registry at the hub, as a secret of yours. USER:PASSWORD is typed, or read from standard input; it never stands on a command line.", async (parse, hub, cancellationToken) =>
        {
            if (parse.GetValue(registry) is not { } asked) return await ListAsync(hub, parse.GetValue(format) == "json", cancellationToken);
            if (SecretInput.Read($"USER:PASSWORD at {asked}: ").Split(':', 2) is not [var user, var password]) return Output.Fail("a login is USER:PASSWORD on one line.");
            var reply = await hub.SendAsync(HttpMethod.Put, "images/logins", new RegistryLoginRequest(asked, user, password), HubJson.Default.RegistryLoginRequest, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            if (!parse.GetValue(quiet)) Console.WriteLine($"{user} is logged in to {asked}; the secret is {reply.Read(HubJson.Default.RegistryLoginView).Secret}.");
            return 0;
        }, registry, quiet, format);
    }

    public static Command CreateLogout()
    {
        var registry = new Argument<string>("REGISTRY") { Description = "As 'holdfast image login' lists it." };
        var quiet = Asking.Quiet();
        return Asking.Verb("logout", "Remove your login to a registry from the hub.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.DeleteAsync($"images/logins?registry={Uri.EscapeDataString(parse.GetValue(registry)!)}", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (!parse.GetValue(quiet)) Console.WriteLine($"The login to {parse.GetValue(registry)} is removed.");
            return 0;
        }, registry, quiet);
    }

    private static async Task<int> ListAsync(HubClient hub, bool json, CancellationToken cancellationToken)
    {
        var reply = await hub.GetAsync("images/logins", cancellationToken);
        if (reply.Fault is not null) return Asking.Fail(reply);
        if (json) return reply.WriteJson();
        var logins = reply.Read(HubJson.Default.RegistryLoginViewArray);
        if (logins.Length == 0) Console.WriteLine($"No login. '{Surroundings.Program} image login REGISTRY' keeps one.");
        else Output.Table(["REGISTRY", "USER", "SECRET", "SET"], [.. logins.Select(login => new[] { login.Registry, login.User, login.Secret, Output.Clock(login.Changed, TimeProvider.System) })]);
        return 0;
    }
}
