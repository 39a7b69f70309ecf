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
    /// <summary>Path prefix of every route, beginning and ending with <c>/</c>. Default <c>/</c>.</summary>
    public string BaseUrl { get; init; } = "/";
    /// <summary>The token that clients show; null when only the password logs in.</summary>
    public string? Token { get; init; }
    /// <summary>The hash of the password (see Access/PasswordHash); null when there is none.</summary>
    public string? PasswordHash { get; init; }
    /// <summary>Folder of the built JupyterLab page (web/lab/dist).</summary>
    public required string AssetsFolder { get; init; }
    /// <summary>Folder of this user's Holdfast state: cookie secret, settings of the lab; the keeper's state is beside them. 0700.</summary>
    public required string StateFolder { get; init; }
    /// <summary>Kernel for documents that name none. Default: see <see cref="Holdfast.Kernels.KernelSpecCatalog.Default"/>.</summary>
    public string? DefaultKernel { get; init; }
    /// <summary>Environment that kernels inherit and by which Jupyter's folders are found.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }
}
