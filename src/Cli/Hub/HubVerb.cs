using System.CommandLine;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast hub</c>: the hub itself, in the foreground.</summary>
internal static class HubVerb
{
    public static Command Create()
    {
        var data = Data();
        var ip = new Option<string>("--ip") { Description = "Address to listen on. Any but a loopback address lets other computers in. Default 127.0.0.1.", HelpName = "ADDRESS", DefaultValueFactory = _ => "127.0.0.1" };
        var port = new Option<int>("--port") { Description = "Port to listen on, 0 for any free one. Default 8800.", HelpName = "PORT", DefaultValueFactory = _ => 8800 };
        var domain = new Option<string>("--domain") { Description = "The hub's host name; machines are at NAME. before it, so it needs a wildcard in the DNS. Default localhost.", HelpName = "HOST", DefaultValueFactory = _ => "localhost" };
        var bare = new Option<bool>("--no-first-machine") { Description = "Make no machine at the very first start." };
        var verbose = new Option<bool>("--verbose") { Description = "Also log what is done." };
        ip.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && text != "localhost" && !System.Net.IPAddress.TryParse(text, out _)) result.AddError($"--ip is an address as 127.0.0.1 or 0.0.0.0, not '{text}'.");
        });
        port.CustomParser = result =>
        {
            if (ushort.TryParse(result.Tokens[0].Value, out var number)) return number;
            result.AddError($"--port is a number from 0 to 65535, not '{result.Tokens[0].Value}'.");
            return 0;
        };
        domain.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && Uri.CheckHostName(text) != UriHostNameType.Dns) result.AddError($"--domain is a host name as hub.example.org, not '{text}'.");
        });
        var command = new Command("hub", "Run the hub: machines for notebooks on this computer, with storage that stays. Ctrl-C ends it; machines go on, and the next start takes them up.") { data, ip, port, domain, bare, verbose };
        command.Add(HubBackupVerb.Create());
        command.Add(HubBackupVerb.CreateRestore());
        command.SetAction((parse, cancellationToken) => HubRun.RunAsync(
            HubPlace.Of(parse.GetValue(data)), new HubWish(parse.GetValue(ip)!, parse.GetValue(port), parse.GetValue(domain)!, FirstMachine: !parse.GetValue(bare), parse.GetValue(verbose)), cancellationToken));
        return command;
    }

    /// <summary>The option that names the data folder.</summary>
    public static Option<string?> Data() => new("--data") { Description = $"The hub's data folder. Default ~/.local/state/holdfast/hub.", HelpName = "DIR" };
}

/// <summary>How a hub is to run.</summary>
internal sealed record HubWish(string Ip, int Port, string Domain, bool FirstMachine, bool Verbose);
