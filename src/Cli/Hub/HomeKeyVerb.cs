using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast key home|new|bring|test</c>: the keys in your home, with which your machines log in elsewhere.</summary>
internal static class HomeKeyVerb
{
    public static Command List()
    {
        var format = Output.Format();
        return Asking.Verb("home", "List the keys in your home, with which your machines log in elsewhere.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.GetAsync("home-keys", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var keys = reply.Read(HubJson.Default.HomeKeyArray);
            if (keys.Length == 0) Console.WriteLine($"No key in your home. '{Surroundings.Program} key new' makes one, '{Surroundings.Program} key bring FILE' brings one.");
            else Output.Table(["FILE", "PUBLIC KEY"], [.. keys.Select(key => new[] { MachineTexts.Plain(key.Name), MachineTexts.Plain(key.Public ?? "(no .pub file)") })]);
            return 0;
        }, format);
    }

    public static Command New()
    {
        var name = new Argument<string>("NAME") { Description = "Of its file in ~/.ssh. Default id_ed25519.", DefaultValueFactory = _ => "id_ed25519" };
        return Asking.Verb("new", "Make a key in your home, for all of your machines, and print its public half for the other side.", (parse, hub, cancellationToken) => SendAsync(hub, new HomeKeyRequest(parse.GetValue(name)!), cancellationToken), name);
    }

    public static Command Bring()
    {
        var file = new Argument<string>("FILE") { Description = "A private key of this computer, as ~/.ssh/id_ed25519." };
        var name = new Option<string?>("--name") { Description = "Of its file in ~/.ssh. Default the same.", HelpName = "NAME" };
        return Asking.Verb("bring", "Bring a private key into your home, for all of your machines.", async (parse, hub, cancellationToken) =>
            await SendAsync(hub, new HomeKeyRequest(parse.GetValue(name) ?? Path.GetFileName(parse.GetValue(file)!), await File.ReadAllTextAsync(parse.GetValue(file)!, cancellationToken)), cancellationToken), file, name);
    }

    public static Command Test()
    {
        var host = new Argument<string>("HOST") { Description = "As git@github.com; without a name, git. With a port git@git.example.org:2222." };
        var format = Output.Format();
        return Asking.Verb("test", "Try your home's keys somewhere, from one of your machines that runs, and say what the other side answers.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.SendAsync(HttpMethod.Post, "home-keys/test", new HomeKeyTestRequest(parse.GetValue(host)!), HubJson.Default.HomeKeyTestRequest, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            var answer = reply.Read(HubJson.Default.HomeKeyAnswer);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            foreach (var line in answer.Said.Split('\n')) Console.WriteLine(MachineTexts.Plain(line));
            return answer.LoggedIn ? 0 : Output.Fail($"{parse.GetValue(host)} does not let {answer.Machine} in, or was not reached.");
        }, host, format);
    }

    private static async Task<int> SendAsync(HubClient hub, HomeKeyRequest wish, CancellationToken cancellationToken)
    {
        var reply = await hub.SendAsync(HttpMethod.Post, "home-keys", wish, HubJson.Default.HomeKeyRequest, cancellationToken);
        if (reply.Fault is not null) return Asking.Fail(reply);
        var key = reply.Read(HubJson.Default.HomeKey);
        if (key.Public is not null) Console.WriteLine(MachineTexts.Plain(key.Public));
        await Console.Error.WriteLineAsync($"~/.ssh/{key.Name} is in all of your machines.{(key.Public is null ? "" : " The line above is for the other side, as github.com/settings/keys.")}");
        return 0;
    }
}
