using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast key</c>: the public keys with which you log in by ssh.</summary>
internal static class KeyVerb
{
    public static Command Create() => new("key", "Your keys for ssh: with them you log in to your machines from any computer.") { Add(), List(), Remove(), HomeKeyVerb.List(), HomeKeyVerb.New(), HomeKeyVerb.Bring(), HomeKeyVerb.Test() };

    private static Command Add()
    {
        var file = new Argument<string?>("FILE") { Description = "The public key, as ~/.ssh/id_ed25519.pub. Default standard input.", Arity = ArgumentArity.ZeroOrOne };
        var name = new Option<string?>("--name") { Description = "What you call it. Default its comment.", HelpName = "TEXT" };
        var quiet = Asking.Quiet();
        return Asking.Verb("add", "Add a public key. The private one stays where it is.", async (parse, hub, cancellationToken) =>
        {
            var text = parse.GetValue(file) is { } path ? await File.ReadAllTextAsync(path, cancellationToken) : await Console.In.ReadToEndAsync(cancellationToken);
            var reply = await hub.SendAsync(HttpMethod.Post, "keys", new SshKeyRequest(text, parse.GetValue(name)), HubJson.Default.SshKeyRequest, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            var key = reply.Read(HubJson.Default.SshKeyView);
            Console.WriteLine(parse.GetValue(quiet) ? key.Id : $"{MachineTexts.Plain(key.Name)} ({key.Fingerprint}) opens your machines now.");
            return 0;
        }, file, name, quiet);
    }

    private static Command List()
    {
        var (format, quiet) = (Output.Format(), Asking.Quiet());
        return Asking.Verb("ls", "List your keys.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.GetAsync("keys", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var keys = reply.Read(HubJson.Default.SshKeyViewArray);
            if (parse.GetValue(quiet)) Array.ForEach(keys, key => Console.WriteLine(key.Id));
            else if (keys.Length == 0) Console.WriteLine($"No key. '{Surroundings.Program} key add FILE.pub' adds one, '{Surroundings.Program} ssh config' that of this computer.");
            else Output.Table(["KEY", "NAME", "LAST USED", "FINGERPRINT"], [.. keys.Select(key => new[] { key.Id, MachineTexts.Plain(key.Name), key.Seen is { } seen ? Output.Clock(seen, TimeProvider.System) : "never", key.Fingerprint })]);
            return 0;
        }, quiet, format);
    }

    private static Command Remove()
    {
        var key = Asking.Named(new Argument<string>("KEY") { Description = "Its id, its name or its fingerprint, as 'holdfast key ls' lists it." });
        var quiet = Asking.Quiet();
        return Asking.Verb("rm", "Remove a key. What is open by it ends at once.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.DeleteAsync($"keys/{Uri.EscapeDataString(parse.GetValue(key)!)}", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (!parse.GetValue(quiet)) Console.WriteLine($"{parse.GetValue(key)} is removed.");
            return 0;
        }, key, quiet);
    }
}
