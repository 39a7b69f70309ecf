using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Podman;

/// <summary>Whether containers can be started here, and what is missing: Podman is asked, and one is started.</summary>
internal sealed class PodmanSetup(PodmanApi api)
{
    private const string Conf = "/etc/containers/containers.conf";
    private static readonly string[] NetavarkPaths = ["/usr/lib/podman/netavark", "/usr/libexec/podman/netavark", "/usr/local/lib/podman/netavark", "/usr/local/libexec/podman/netavark", "/usr/bin/netavark"];
    private static readonly string[] FilterPaths = ["/usr/sbin/iptables", "/sbin/iptables", "/usr/bin/iptables", "/usr/sbin/nft", "/usr/bin/nft"];
    private static readonly string[] CniPaths = ["/usr/lib/cni/bridge", "/usr/libexec/cni/bridge", "/opt/cni/bin/bridge"];
    private (string? Missing, bool IsKnown) _network;

    public async Task<IReadOnlyList<EngineFault>> CheckAsync(CancellationToken cancellationToken)
    {
        var (info, fault) = await InfoAsync(cancellationToken);
        if (info is null) return [fault!];
        var version = info.Version.Version;
        if (!int.TryParse(version.Split('.')[0], out var major) || major < 4) return [new("unavailable", $"Podman is {version}, and 4.0 is needed. Install a newer one.")];
        var faults = new List<EngineFault>();
        if (NetworkProblem(info.Host) is { } network) faults.Add(network);
        if (await TrialAsync(network: faults.Count == 0, cancellationToken) is { } trial) faults.Add(trial);
        return faults;
    }

    /// <summary>Why containers get this host's network instead of one of their own; null when they get one.</summary>
    public async Task<(string? HostNetworkReason, EngineFault? Fault)> NetworkAsync(CancellationToken cancellationToken)
    {
        if (_network.IsKnown) return (_network.Missing, null);
        var (info, fault) = await InfoAsync(cancellationToken);
        if (info is null) return (null, fault);
        _network = (NetworkProblem(info.Host)?.Message, true);
        return (_network.Missing, null);
    }

    /// <summary>Why a container did not start, with the mend where it is known.</summary>
    public EngineFault Explain(PodmanReply reply, string what)
    {
        var message = reply.Status == 0 ? "" : reply.Message;
        bool Says(string word) => message.Contains(word, StringComparison.OrdinalIgnoreCase);
        var mend =
            Says("rlimit") ? $"Podman asks for higher limits than it may set: write default_ulimits = [\"nofile=1024:1024\", \"nproc=4096:4096\"] below [containers] in {Conf} and restart its service."
            : Says("container-init") || Says("catatonit") ? "The init that containers are started with is missing: apt-get install catatonit."
            : Says("crun") && Says("cgroup") ? $"crun does not run with cgroups of both versions mixed: apt-get install runc, write runtime = \"runc\" below [engine] in {Conf}, and restart Podman's service."
            : Says("systemd") && Says("cgroup") ? $"There is no systemd to make cgroups: write cgroup_manager = \"cgroupfs\" below [engine] in {Conf} and restart Podman's service."
            : Says("netavark") || Says("iptables") || Says("aardvark") ? "The containers' network does not come up: apt-get install netavark aardvark-dns iptables."
            : null;
        return reply.Fault(api.Socket, "start-failed", mend is null ? what : $"{what}. {mend} Podman says");
    }

    private async Task<(PodmanInfo? Info, EngineFault? Fault)> InfoAsync(CancellationToken cancellationToken)
    {
        var reply = await api.GetAsync("/info", cancellationToken);
        return reply.Ok ? (reply.Read(PodmanJson.Default.PodmanInfo), null) : (null, reply.Fault(api.Socket, "unavailable", "Podman does not tell about itself"));
    }

    private static EngineFault? NetworkProblem(HostInfo host)
    {
        var (missing, also) = host switch
        {
            { Security.IsRootless: true } => (host.Slirp?.Executable is { Length: > 0 } || host.Pasta?.Executable is { Length: > 0 } ? null : "slirp4netns", ""),
            { NetworkBackend: "cni" } when CniPaths.Any(File.Exists) => (null, ""),
            { NetworkBackend: "cni" } => ("netavark", $", write network_backend = \"netavark\" below [network] in {Conf}, and restart Podman's service"),
            _ => (!NetavarkPaths.Any(File.Exists) ? "netavark" : FilterPaths.Any(File.Exists) ? null : "iptables", ""),
        };
        return missing is null ? null : new("start-failed", $"Containers share this host's network, since {missing} is missing or not used. For one of their own: apt-get install {missing}{also}.");
    }

    /// <summary>The faults of limits, cgroups and networks show only in a container that starts.</summary>
    private async Task<EngineFault?> TrialAsync(bool network, CancellationToken cancellationToken)
    {
        var root = Directory.CreateTempSubdirectory("holdfast-trial-");
        var name = $"holdfast-trial-{Guid.NewGuid():N}";
        try
        {
            var made = await api.PostAsync("/containers/create", ContainerSpec.WriteTrial(name, root.FullName, onHostNetwork: !network), cancellationToken);
            if (!made.Ok) return Explain(made, "A container cannot be made");
            var started = await api.PostAsync($"/containers/{name}/start", null, cancellationToken);
            return started.Ok ? null : Explain(started, "A container does not start");
        }
        finally
        {
            await api.DeleteAsync($"/containers/{name}?force=true&v=true&timeout=0", CancellationToken.None);
            root.Delete(recursive: true);
        }
    }
}
