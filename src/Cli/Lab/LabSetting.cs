namespace Holdfast.Cli.Lab;

/// <summary>One setting of the lab: its names in every place where it can be said.</summary>
/// <param name="Name">As on the command line without the dashes, and in <c>holdfast.yaml</c>.</param>
/// <param name="JupyterKeys">In Jupyter's files; the first that is there counts.</param>
/// <param name="Default">What is used when nobody says anything; null for nothing.</param>
internal sealed record LabSetting(string Name, string[] JupyterKeys, string? Default = null)
{
    public static readonly LabSetting Root = new("root", ["ServerApp.root_dir"], ".");
    public static readonly LabSetting Ip = new("ip", ["ServerApp.ip"], "127.0.0.1");
    public static readonly LabSetting Port = new("port", ["ServerApp.port"], "8888") { Variable = "JUPYTER_PORT" };
    public static readonly LabSetting BaseUrl = new("base-url", ["ServerApp.base_url"], "/");
    public static readonly LabSetting Tls = new("tls", [], "false");
    public static readonly LabSetting CertFile = new("certfile", ["ServerApp.certfile"]);
    public static readonly LabSetting KeyFile = new("keyfile", ["ServerApp.keyfile"]);
    public static readonly LabSetting Token = new("token", ["IdentityProvider.token", "ServerApp.token"]) { Variable = "JUPYTER_TOKEN", IsSecret = true };
    public static readonly LabSetting Password = new("password", ["PasswordIdentityProvider.hashed_password", "IdentityProvider.hashed_password", "ServerApp.password"]) { IsSecret = true, InFilesOnly = true };
    public static readonly LabSetting DefaultKernel = new("default-kernel", ["MultiKernelManager.default_kernel_name", "MappingKernelManager.default_kernel_name", "AsyncMappingKernelManager.default_kernel_name"]);
    public static readonly LabSetting CullIdle = new("cull-idle", []);
    public static readonly LabSetting AllowOrigin = new("allow-origin", ["ServerApp.allow_origin"]);
    public static readonly LabSetting AllowRemoteAccess = new("allow-remote-access", ["ServerApp.allow_remote_access"], "false");
    public static readonly LabSetting AllowHidden = new("allow-hidden", ["ContentsManager.allow_hidden", "FileContentsManager.allow_hidden"], "false");
    public static readonly LabSetting NoFollowSymlinks = new("no-follow-symlinks", [], "false");
    public static readonly LabSetting DeleteToTrash = new("delete-to-trash", ["FileContentsManager.delete_to_trash", "AsyncFileContentsManager.delete_to_trash"], "true");
    public static readonly LabSetting AppDir = new("app-dir", ["LabApp.app_dir"]) { Variable = "JUPYTERLAB_DIR" };
    public static readonly LabSetting SettingsDir = new("user-settings-dir", ["LabApp.user_settings_dir"]) { Variable = "JUPYTERLAB_SETTINGS_DIR" };
    public static readonly LabSetting WorkspacesDir = new("workspaces-dir", ["LabApp.workspaces_dir"]) { Variable = "JUPYTERLAB_WORKSPACES_DIR" };

    /// <summary>All of them, in the order in which they are shown.</summary>
    public static IReadOnlyList<LabSetting> All { get; } =
    [
        Root, Ip, Port, BaseUrl, Tls, CertFile, KeyFile, Token, Password, DefaultKernel, CullIdle, AllowOrigin, AllowRemoteAccess, AllowHidden, NoFollowSymlinks, DeleteToTrash,
        AppDir, SettingsDir, WorkspacesDir,
    ];

    /// <summary>A variable of Jupyter's that says it too; <c>HOLDFAST_LAB_NAME</c> always does.</summary>
    public string? Variable { get; init; }

    /// <summary>Whether its value is never shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>A password's hash stands in a file of its own or in Jupyter's; on a command line others would see it.</summary>
    public bool InFilesOnly { get; init; }

    /// <summary>Our own variable.</summary>
    public string OwnVariable => $"HOLDFAST_LAB_{Name.ToUpperInvariant().Replace('-', '_')}";
}
