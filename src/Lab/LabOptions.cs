namespace Holdfast.Lab;

/// <summary>How one lab runs; checked once at start.</summary>
public sealed record LabOptions
{
    /// <summary>The absolute root folder that contents are served from.</summary>
    public required string Root { get; init; }
    /// <summary>Address to listen on. Default 127.0.0.1.</summary>
    public string Ip { get; init; } = "127.0.0.1";
    /// <summary>Port to listen on; 0 for any free one. Default 8888.</summary>
    public int Port { get; init; } = 8888;
    /// <summary>Absolute path of a Unix socket to listen on instead of <see cref="Ip"/> and <see cref="Port"/>: whoever can open it may log in from loopback. Default none.</summary>
    public string? Socket { get; init; }
    /// <summary>The folder below <see cref="Root"/>, as its path there, that a page opens first. Default the root.</summary>
    public string PreferredFolder { get; init; } = "";
    /// <summary>Whether the lab speaks TLS, with a certificate that it makes itself unless <see cref="CertificateFile"/> names one. Default: only with that.</summary>
    public bool Tls { get; init; }
    /// <summary>Absolute path of the certificate with its chain, in PEM. Default: none.</summary>
    public string? CertificateFile { get; init; }
    /// <summary>Absolute path of the certificate's key, in PEM and not encrypted. Default: in the certificate's file.</summary>
    public string? KeyFile { get; init; }
    /// <summary>Path prefix of every route, beginning and ending with <c>/</c>. Default <c>/</c>.</summary>
    public string BaseUrl { get; init; } = "/";
    /// <summary>The token that clients show; null when only the password logs in; empty, with no password either, for no login at all, on loopback only.</summary>
    public string? Token { get; init; }
    /// <summary>The hash of the password (see Access/PasswordHash); null when there is none.</summary>
    public string? PasswordHash { get; init; }
    /// <summary>An origin whose pages may use this lab (<c>https://host:port</c>), or <c>*</c>. Default: its own only.</summary>
    public string? AllowOrigin { get; init; }
    /// <summary>Whether a lab that listens on loopback answers to other host names too, as behind a proxy. Default: no.</summary>
    public bool AllowRemoteHosts { get; init; }
    /// <summary>Whether files and folders whose names begin with a dot are listed and served. Default: no.</summary>
    public bool AllowHidden { get; init; }
    /// <summary>Whether links in the root folder are followed, wherever they lead: people link their storage into it. Default: yes.</summary>
    public bool FollowLinks { get; init; } = true;
    /// <summary>Whether deleting moves to the desktop's trash. Default: yes.</summary>
    public bool DeleteToTrash { get; init; } = true;
    /// <summary>Whether the page shows its application object to scripts, as browser tests need. Default: no.</summary>
    public bool ExposeAppInBrowser { get; init; }
    /// <summary>Folder of the built JupyterLab page (web/lab/dist).</summary>
    public required string AssetsFolder { get; init; }
    /// <summary>Folder of this user's Holdfast state: cookie secret, settings of the lab; the keeper's state is beside them. 0700.</summary>
    public required string StateFolder { get; init; }
    /// <summary>Kernel for documents that name none. Default: see <see cref="Holdfast.Kernels.KernelSpecCatalog.Default"/>.</summary>
    public string? DefaultKernel { get; init; }
    /// <summary>How long a kernel may be idle, with no page connected to it, before it is shut down. Default: for ever.</summary>
    public TimeSpan? CullIdle { get; init; }
    /// <summary>A variable, <c>NAME=VALUE</c>, that all processes of this machine have where it has no process ids of its own. Default: all processes that can be seen are its own.</summary>
    public string? ProcessMark { get; init; }
    /// <summary>Where at the page's own origin a notebook is sent to a job (<c>?notebook=</c> and its path behind it). Default: nowhere, and the page has no button for it.</summary>
    public string? JobAddress { get; init; }
    /// <summary>Environment that kernels inherit and by which Jupyter's folders are found.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }
}
