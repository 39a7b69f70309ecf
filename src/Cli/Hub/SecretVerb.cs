using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast secret</c>: values that machines get as variables and that nobody sees again.</summary>
internal static class SecretVerb
{
    public static Command Create() => new("secret", "Your secrets: machines get them as variables, nobody sees them again.") { Set(), List(), Remove() };

    private static Command Set()
    {
        var (name, quiet) = (Name(), Asking.Quiet());
        return Asking.Verb("set", "Set a secret. Its value is typed, or read from standard input; it never stands on a command line. Machines that name it get it at their next start.", async (parse, hub, cancellationToken) =>
        {
            var asked = parse.GetValue(name)!;
            var reply = await hub.SendAsync(HttpMethod.Put, PathOf(asked), new SecretRequest(SecretInput.Read($"Value of {asked}: ")), HubJson.Default.SecretRequest, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (!parse.GetValue(quiet)) Console.WriteLine($"{asked} is set. '{Surroundings.Program} machine change NAME --secret {asked}' gives it to a machine.");
            return 0;
        }, name, quiet);
    }

    private static Command List()
    {
        var (format, quiet) = (Output.Format(), Asking.Quiet());
        return Asking.Verb("ls", "List the names of your secrets.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.GetAsync("secrets", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var secrets = reply.Read(HubJson.Default.SecretArray);
            if (parse.GetValue(quiet)) Array.ForEach(secrets, secret => Console.WriteLine(secret.Name));
            else if (secrets.Length == 0) Console.WriteLine($"No secret. '{Surroundings.Program} secret set NAME' makes one.");
            else Output.Table(["SECRET", "SET"], [.. secrets.Select(secret => new[] { secret.Name, Output.Clock(secret.Changed, TimeProvider.System) })]);
            return 0;
        }, quiet, format);
    }

    private static Command Remove()
    {
        var (name, quiet) = (Name(), Asking.Quiet());
        return Asking.Verb("rm", "Remove a secret. Machines that run keep it until they stop.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.DeleteAsync(PathOf(parse.GetValue(name)!), cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (!parse.GetValue(quiet)) Console.WriteLine($"{parse.GetValue(name)} is removed.");
            return 0;
        }, name, quiet);
    }

    private static Argument<string> Name() => new("NAME") { Description = "Its name, which is the variable's: HF_TOKEN." };

    private static string PathOf(string name) => $"secrets/{Uri.EscapeDataString(name)}";
}
