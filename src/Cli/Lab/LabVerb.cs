using System.CommandLine;
using System.Globalization;
using Holdfast.Cli.Keeper;
using Holdfast.Lab;
using Holdfast.Lab.Access;

namespace Holdfast.Cli.Lab;

/// <summary><c>holdfast lab [DIR]</c>: the Jupyter server, with JupyterLab.</summary>
internal static class LabVerb
{
    /// <summary>The built JupyterLab page, beside the program.</summary>
    public static string AssetsFolder { get; } = Path.Combine(AppContext.BaseDirectory, "lab");

    public static Command Create()
    {
        var folder = new Argument<string?>("DIR") { Description = "The folder of notebooks. Default the current one.", Arity = ArgumentArity.ZeroOrOne };
        var ip = new Option<string>("--ip") { Description = "Address to listen on. Any but a loopback address lets other computers in. Default 127.0.0.1.", HelpName = "ADDRESS", DefaultValueFactory = _ => "127.0.0.1" };
        var port = Port();
        var token = new Option<string?>("--token") { Description = "The token that logs in. Default JUPYTER_TOKEN, else one made at the first start and kept; none when a password is set. Empty for no login, on loopback only.", HelpName = "TOKEN" };
        var baseUrl = new Option<string>("--base-url") { Description = "Path prefix of every address. Default /.", HelpName = "PATH", DefaultValueFactory = _ => "/" };
        var kernel = new Option<string?>("--default-kernel") { Description = "Kernel for notebooks that name none.", HelpName = "NAME" };
        var cull = Age.Option("--cull-idle", "Shut down kernels that were idle for longer than this, as 12h or 7d, and have no page connected. Default never.");
        var allowOrigin = new Option<string?>("--allow-origin") { Description = "One other origin that may call the API.", HelpName = "ORIGIN" };
        var remote = new Option<bool>("--allow-remote-access") { Description = "Answer requests for any host name, as behind a proxy." };
        var hidden = new Option<bool>("--allow-hidden") { Description = "Show hidden files." };
        var verbose = new Option<bool>("--verbose") { Description = "Also log what is done: kernels, sessions, saves." };
        var quiet = new Option<bool>("--no-browser") { Description = "Do not open a browser." };
        var command = new Command("lab", "Open a folder of notebooks in JupyterLab. Kernels and their outputs outlive the page, the network and this program.")
        {
            folder, ip, port, token, baseUrl, kernel, cull, allowOrigin, remote, hidden, quiet, verbose, PasswordVerb.Create(),
        };
        command.SetAction((parse, cancellationToken) =>
        {
            if ((KeeperContact.SocketProblem(Surroundings.Home) ?? Surroundings.Home.Prepare()) is { } problem) return Task.FromResult(Output.Fail(problem));
            var passwordHash = PasswordStore.Read();
            var options = new LabOptions
            {
                Root = Path.GetFullPath(parse.GetValue(folder) ?? "."),
                Ip = parse.GetValue(ip)!,
                Port = parse.GetValue(port),
                Token = parse.GetValue(token) ?? TokenVariable() ?? (passwordHash is null ? LabToken.Kept(Surroundings.Home.StateFolder) : null),
                PasswordHash = passwordHash,
                BaseUrl = Slashed(parse.GetValue(baseUrl)!),
                DefaultKernel = parse.GetValue(kernel),
                CullIdle = parse.GetValue(cull),
                AllowOrigin = parse.GetValue(allowOrigin),
                AllowRemoteHosts = parse.GetValue(remote),
                AllowHidden = parse.GetValue(hidden),
                AssetsFolder = AssetsFolder,
                StateFolder = Surroundings.Home.StateFolder,
                Environment = Surroundings.Variables,
            };
            return LabRun.RunAsync(options, openBrowser: !parse.GetValue(quiet), parse.GetValue(verbose), cancellationToken);
        });
        return command;
    }

    /// <summary>JUPYTER_TOKEN; null where it is empty, for an unset variable of a script must not open the lab to everybody.</summary>
    private static string? TokenVariable() => Surroundings.Variables.GetValueOrDefault("JUPYTER_TOKEN") is { Length: > 0 } token ? token : null;

    private static Option<int> Port() => new("--port")
    {
        Description = "Port to listen on, 0 for any free one. Default 8888.",
        HelpName = "PORT",
        DefaultValueFactory = _ => 8888,
        CustomParser = result =>
        {
            if (ushort.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
            result.AddError($"--port is a number from 0 to 65535, not '{result.Tokens[0].Value}'.");
            return 0;
        },
    };

    private static string Slashed(string path) => $"/{path.Trim('/')}/" is "//" ? "/" : $"/{path.Trim('/')}/";
}
