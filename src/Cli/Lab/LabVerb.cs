using System.CommandLine;
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
        var options = new Dictionary<LabSetting, Option<string?>>
        {
            [LabSetting.Ip] = new("--ip") { Description = "Address to listen on. Any but a loopback address lets other computers in. Default 127.0.0.1.", HelpName = "ADDRESS" },
            [LabSetting.Port] = new("--port") { Description = "Port to listen on, 0 for any free one. Default 8888.", HelpName = "PORT" },
            [LabSetting.Token] = new("--token") { Description = "The token that logs in. Default JUPYTER_TOKEN, else one made at the first start and kept; none when a password is set. Empty for no login, on loopback only.", HelpName = "TOKEN" },
            [LabSetting.BaseUrl] = new("--base-url") { Description = "Path prefix of every address. Default /.", HelpName = "PATH" },
            [LabSetting.CertFile] = new("--certfile") { Description = "A certificate in PEM, with its chain: the lab speaks TLS.", HelpName = "FILE" },
            [LabSetting.KeyFile] = new("--keyfile") { Description = "The certificate's key in PEM. Default in the certificate's file.", HelpName = "FILE" },
            [LabSetting.DefaultKernel] = new("--default-kernel") { Description = "Kernel for notebooks that name none.", HelpName = "NAME" },
            [LabSetting.CullIdle] = new("--cull-idle") { Description = "Shut down kernels that were idle for longer than this, as 12h or 7d, and have no page connected. Default never.", HelpName = "TIME" },
            [LabSetting.AllowOrigin] = new("--allow-origin") { Description = "One other origin that may call the API.", HelpName = "ORIGIN" },
            [LabSetting.AppDir] = new("--app-dir") { Description = "JupyterLab's application folder, whose schemas, themes and settings are added. Default that of an installed JupyterLab.", HelpName = "DIR" },
        };
        var flags = new Dictionary<LabSetting, Option<bool>>
        {
            [LabSetting.Tls] = new("--tls") { Description = "Speak TLS, with a certificate that the lab makes itself unless --certfile names one." },
            [LabSetting.AllowRemoteAccess] = new("--allow-remote-access") { Description = "Answer requests for any host name, as behind a proxy." },
            [LabSetting.AllowHidden] = new("--allow-hidden") { Description = "Show hidden files." },
            [LabSetting.NoFollowSymlinks] = new("--no-follow-symlinks") { Description = "Do not show what links lead to, nor the links." },
        };
        foreach (var (setting, option) in options)
            option.Validators.Add(result =>
            {
                if (result.Tokens is [{ Value: var text }] && LabSettings.Wrong(setting, text) is { } wrong) result.AddError($"{option.Name} {wrong}");
            });
        var verbose = new Option<bool>("--verbose") { Description = "Also log what is done: kernels, sessions, saves." };
        var quiet = new Option<bool>("--no-browser") { Description = "Do not open a browser." };
        var command = new Command("lab", "Open a folder of notebooks in JupyterLab. Kernels and their outputs outlive the page, the network and this program. What an option does not say may stand in holdfast.yaml, the environment or an existing Jupyter set-up: 'holdfast config' shows it.")
        {
            folder,
        };
        foreach (var option in options.Values) command.Add(option);
        foreach (var flag in flags.Values) command.Add(flag);
        command.Add(quiet);
        command.Add(verbose);
        command.Add(PasswordVerb.Create());
        command.SetAction((parse, cancellationToken) =>
        {
            if ((KeeperContact.SocketProblem(Surroundings.Home) ?? Surroundings.Home.Prepare()) is { } problem) return Task.FromResult(Output.Fail(problem));
            var settings = LabSettings.Read(Surroundings.Variables, Said);
            if (settings.Problem is { } wrong) return Task.FromResult(Output.Fail(wrong));
            foreach (var note in settings.Notes) Console.Error.WriteLine($"holdfast: {note}");
            return LabRun.RunAsync(Options(settings), openBrowser: !parse.GetValue(quiet), parse.GetValue(verbose), cancellationToken);

            string? Said(LabSetting setting) => setting == LabSetting.Root ? parse.GetValue(folder)
                : options.TryGetValue(setting, out var option) ? parse.GetValue(option)
                : flags.TryGetValue(setting, out var flag) && parse.GetValue(flag) ? "true"
                : null;
        });
        return command;
    }

    private static LabOptions Options(LabSettings settings) => new()
    {
        Root = Path.GetFullPath(settings[LabSetting.Root]!),
        Ip = settings[LabSetting.Ip]!,
        Port = settings.Number(LabSetting.Port),
        Token = settings[LabSetting.Token] ?? (settings[LabSetting.Password] is null ? LabToken.Kept(Surroundings.Home.StateFolder) : null),
        PasswordHash = settings[LabSetting.Password],
        Tls = settings.Is(LabSetting.Tls),
        CertificateFile = PathOf(settings[LabSetting.CertFile]),
        KeyFile = PathOf(settings[LabSetting.KeyFile]),
        BaseUrl = Slashed(settings[LabSetting.BaseUrl]!),
        DefaultKernel = settings[LabSetting.DefaultKernel],
        CullIdle = Age.Parse(settings[LabSetting.CullIdle] ?? ""),
        AllowOrigin = settings[LabSetting.AllowOrigin],
        AllowRemoteHosts = settings.Is(LabSetting.AllowRemoteAccess),
        AllowHidden = settings.Is(LabSetting.AllowHidden),
        FollowLinks = !settings.Is(LabSetting.NoFollowSymlinks),
        DeleteToTrash = settings.Is(LabSetting.DeleteToTrash),
        AssetsFolder = AssetsFolder,
        StateFolder = Surroundings.Home.StateFolder,
        Environment = WithFolders(settings),
    };

    /// <summary>The environment, with JupyterLab's own variables for the folders that were said elsewhere.</summary>
    private static Dictionary<string, string> WithFolders(LabSettings settings)
    {
        var variables = new Dictionary<string, string>(Surroundings.Variables);
        foreach (var setting in (LabSetting[])[LabSetting.AppDir, LabSetting.SettingsDir, LabSetting.WorkspacesDir])
            if (settings[setting] is { } folder)
                variables[setting.Variable!] = Path.GetFullPath(folder);
        return variables;
    }

    private static string? PathOf(string? file) => file is null ? null : Path.GetFullPath(file);

    private static string Slashed(string path) => $"/{path.Trim('/')}/" is "//" ? "/" : $"/{path.Trim('/')}/";
}
