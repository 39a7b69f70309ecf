using System.CommandLine;
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
        var folder = new Argument<string>("DIR") { Description = "The folder of notebooks; default the current one.", DefaultValueFactory = _ => "." };
        var ip = new Option<string>("--ip") { Description = "Address to listen on. Anything but a loopback address lets other computers in.", DefaultValueFactory = _ => "127.0.0.1" };
        var port = new Option<int>("--port") { Description = "Port to listen on; 0 for any free one.", DefaultValueFactory = _ => 8888 };
        var token = new Option<string?>("--token") { Description = "The token that logs in; default JUPYTER_TOKEN, else one made at the first start and kept (none when a password is set)." };
        var baseUrl = new Option<string>("--base-url") { Description = "Path prefix of every address.", DefaultValueFactory = _ => "/" };
        var kernel = new Option<string?>("--default-kernel") { Description = "Kernel for notebooks that name none." };
        var allowOrigin = new Option<string?>("--allow-origin") { Description = "One other origin that may call the API." };
        var remote = new Option<bool>("--allow-remote-access") { Description = "Answer requests for any host name, as behind a proxy." };
        var hidden = new Option<bool>("--allow-hidden") { Description = "Show hidden files." };
        var quiet = new Option<bool>("--no-browser") { Description = "Do not open a browser." };
        var command = new Command("lab", "Open a folder of notebooks in JupyterLab. Kernels and their outputs outlive the page, the network and this program.")
        {
            folder, ip, port, token, baseUrl, kernel, allowOrigin, remote, hidden, quiet, PasswordVerb.Create(),
        };
        command.SetAction((parse, cancellationToken) =>
        {
            var passwordHash = PasswordStore.Read();
            var options = new LabOptions
            {
                Root = Path.GetFullPath(parse.GetValue(folder)!),
                Ip = parse.GetValue(ip)!,
                Port = parse.GetValue(port),
                Token = parse.GetValue(token) ?? Surroundings.Variables.GetValueOrDefault("JUPYTER_TOKEN") ?? (passwordHash is null ? LabToken.Kept(Surroundings.Home.StateFolder) : null),
                PasswordHash = passwordHash,
                BaseUrl = Slashed(parse.GetValue(baseUrl)!),
                DefaultKernel = parse.GetValue(kernel),
                AllowOrigin = parse.GetValue(allowOrigin),
                AllowRemoteHosts = parse.GetValue(remote),
                AllowHidden = parse.GetValue(hidden),
                AssetsFolder = AssetsFolder,
                StateFolder = Surroundings.Home.StateFolder,
                Environment = Surroundings.Variables,
            };
            return LabRun.RunAsync(options, openBrowser: !parse.GetValue(quiet), cancellationToken);
        });
        return command;
    }

    private static string Slashed(string path) => $"/{path.Trim('/')}/" is "//" ? "/" : $"/{path.Trim('/')}/";
}
