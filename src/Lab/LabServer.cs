using System.Net;
using System.Net.Sockets;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;
using Holdfast.Lab.Access;
using Holdfast.Lab.Activity;
using Holdfast.Lab.Config;
using Holdfast.Lab.Contents;
using Holdfast.Lab.Events;
using Holdfast.Lab.Files;
using Holdfast.Lab.History;
using Holdfast.Lab.Http;
using Holdfast.Lab.Kernels;
using Holdfast.Lab.Licences;
using Holdfast.Lab.NbConvert;
using Holdfast.Lab.Pages;
using Holdfast.Lab.Recording;
using Holdfast.Lab.Runs;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Settings;
using Holdfast.Lab.Status;
using Holdfast.Lab.Terminals;
using Holdfast.Lab.Themes;
using Holdfast.Lab.Tls;
using Holdfast.Lab.Translations;
using Holdfast.Lab.Workspaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab;

/// <summary>Where a lab listens, or why it does not.</summary>
/// <param name="Address">Scheme, host, port and base path; for a lab on every address, the loopback one; null when it did not start.</param>
/// <param name="Problem">What stands in the way, and the mend; null when it started.</param>
public sealed record LabStart(Uri? Address, string? Problem)
{
    /// <summary>The same by the address that other computers know, for a lab on every address of this machine; null for others.</summary>
    public Uri? Outer { get; init; }

    /// <summary>Whether other computers can reach it.</summary>
    public bool Reachable { get; init; }

    /// <summary>What it shows to those who connect; null without TLS.</summary>
    public LabCertificate? Certificate { get; init; }
}

/// <summary>One lab: the Jupyter server surface and the JupyterLab page over HTTP, in this process.</summary>
public sealed class LabServer : IAsyncDisposable
{
    private const long LargestBody = 1L << 30;

    private readonly LabOptions _options;
    private readonly WebApplication _app;
    private readonly LabTls? _tls;

    /// <summary>Puts the lab together; nothing listens yet.</summary>
    /// <param name="options">How it runs.</param>
    /// <param name="keeper">The keeper of its kernels, which the caller disposes; null for a lab that serves files only.</param>
    /// <param name="logging">Where logs go; null for nowhere.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public LabServer(LabOptions options, KeeperClient? keeper, Action<ILoggingBuilder>? logging = null, TimeProvider? time = null)
        : this(options, keeper is null ? null : services => services.AddSingleton(keeper), logging, time)
    {
    }

    private LabServer(LabOptions options, Action<IServiceCollection>? addKeeper, Action<ILoggingBuilder>? logging, TimeProvider? time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = "/" });
        logging?.Invoke(builder.Logging);
        // The platform's own messages hold whole addresses, tokens and all.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // A start that fails comes back as a problem; the host would log it with its stack besides.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Listen);
        builder.Services
            .AddRoutingCore()
            .AddSingleton(options)
            .AddSingleton(time ?? TimeProvider.System)
            .AddSingleton(new BaseUrl(options.BaseUrl))
            .AddSingleton<LabActivity>()
            .AddSingleton<LabInput>()
            .AddSingleton<IdleMemory>()
            .AddSingleton<LabTls>()
            .AddAccess()
            .AddEvents()
            .AddContents()
            .AddHistory()
            .AddSettings()
            .AddPages();
        if (addKeeper is not null)
        {
            addKeeper(builder.Services);
            builder.Services.AddKernels().AddSessions().AddRecording().AddRuns().AddTerminals().AddActivity();
        }
        _app = builder.Build();
        _tls = SpeaksTls ? _app.Services.GetRequiredService<LabTls>() : null;

        _app.UseFaults();
        _app.UseBaseUrl();
        _app.UseRouting();
        _app.UseAccess();
        _app.MapAccess();
        _app.MapStatus();
        _app.MapContents();
        _app.MapHistory();
        _app.MapFiles();
        _app.MapNbConvert();
        _app.MapEvents();
        _app.MapConfig();
        _app.MapPages();
        _app.MapSettings();
        _app.MapWorkspaces();
        _app.MapThemes();
        _app.MapTranslations();
        _app.MapLicences();
        _app.MapTerminals();
        if (addKeeper is not null)
        {
            _app.MapKernels();
            _app.MapSessions();
            _app.MapRecording();
            _app.MapRuns();
            _app.MapActivity();
        }
    }

    /// <summary>Puts the lab together while the keeper is still being connected, which must be done before the start. The lab disposes of the keeper, too.</summary>
    public static LabServer Create(LabOptions options, Task<KeeperReply<KeeperClient>> keeper, Action<ILoggingBuilder>? logging = null) =>
        new(options, services => services.AddSingleton(_ => keeper.Result.Value!), logging, null);

    /// <summary>Begins to listen. A port in use and the like come back as a problem.</summary>
    public async Task<LabStart> StartAsync(CancellationToken cancellationToken = default)
    {
        if ((Problem(_options) ?? _tls?.Open()) is { } problem)
            return new LabStart(null, problem);
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            return new LabStart(null, ListenProblem.Of(_options, fault));
        }
        if (_options.Socket is not null)
        {
            File.SetUnixFileMode(_options.Socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return new LabStart(new Uri($"unix://{_options.Socket}"), null);
        }
        var bound = new UriBuilder(_app.Urls.First()) { Path = new BaseUrl(_options.BaseUrl).Prefix };
        if (IPAddress.TryParse(bound.Host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
            bound.Host = IPAddress.Loopback.ToString();
        return new LabStart(bound.Uri, null)
        {
            Outer = ListenAddress.Outer(_options.Ip) is { } outer ? new UriBuilder(bound.Uri) { Host = outer.ToString() }.Uri : null,
            Reachable = !ListenAddress.IsLoopback(_options.Ip),
            Certificate = _tls?.Certificate,
        };
    }

    /// <summary>The kernels that can be started. The first call begins the search, so that it goes on while the lab starts.</summary>
    public Task<KernelSpecCatalog> FindKernelsAsync() => _app.Services.GetRequiredService<KernelSpecs>().GetAsync();

    /// <summary>Waits until <c>/api/shutdown</c> or <see cref="StopAsync"/> ends the lab, or the token does.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) => ((IHost)_app).WaitForShutdownAsync(cancellationToken);

    /// <summary>Stops listening and lets the requests at hand finish.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => _app.StopAsync(cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Listen(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = LargestBody;
        // A save over a slow line is slow, not an attack: callers are logged in.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
        if (_options.Socket is { } socket)
            kestrel.ListenUnixSocket(socket);
        else if (ListenAddress.Of(_options.Ip) is { } address)
            kestrel.Listen(address, _options.Port, Encrypt);
        else
            kestrel.ListenAnyIP(_options.Port, Encrypt);
    }

    private bool SpeaksTls => _options.Tls || _options.CertificateFile is not null;

    private void Encrypt(ListenOptions endpoint)
    {
        // Called while the host is built, before there is a certificate.
        if (SpeaksTls)
            endpoint.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(_tls!.Handshake()) });
    }

    private static string? Problem(LabOptions options)
    {
        if (File.Exists(options.Root))
            return $"{options.Root} is a file, and a lab opens a folder; mend: name the folder it is in.";
        if (!Directory.Exists(options.Root))
            return $"The folder {options.Root} does not exist; mend: make it, or name another one.";
        if (Posix.Libc.Access(options.Root, Posix.Libc.ReadAndEnter) != 0)
            return $"The folder {options.Root} cannot be read by this user; mend: its permissions, or name another one.";
        if (options.Token is null && options.PasswordHash is null)
            return "There is neither a token nor a password, so that nobody could log in; mend: --token, or holdfast lab password.";
        if (options.KeyFile is not null && options.CertificateFile is null)
            return $"There is a key, {options.KeyFile}, without its certificate; mend: --certfile with it.";
        if (options.Ip is not ("" or "*" or "localhost") && !IPAddress.TryParse(options.Ip, out _))
            return $"'{options.Ip}' is not an address to listen on; mend: --ip with an address of this machine, or localhost.";
        if (options.Token == "" && options.PasswordHash is null && !ListenAddress.IsLoopback(options.Ip))
            return $"Without a token everybody who reaches {(options.Ip is "" ? "*" : options.Ip)} could run programs here; mend: leave out --token '', or set a password with holdfast lab password.";
        try
        {
            SecretFile.CookieKey(options.StateFolder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"The state folder {options.StateFolder} cannot be written: {fault.Message}; mend: its permissions, or HOLDFAST_STATE with another folder.";
        }
        return options.PasswordHash is null ? null : PasswordHash.Problem(options.PasswordHash);
    }
}
