using Holdfast.Engines.Contract;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;

namespace Holdfast.Hub;

/// <summary>How one hub runs; checked once at start.</summary>
public sealed record HubOptions
{
    /// <summary>Where all of it is kept.</summary>
    public required HubFolders Folders { get; init; }
    /// <summary>Address to listen on. Default 127.0.0.1.</summary>
    public string Ip { get; init; } = "127.0.0.1";
    /// <summary>Port to listen on; 0 for any free one. Default 8800.</summary>
    public int Port { get; init; } = 8800;
    /// <summary>The host name of the hub; machines are at <c>NAME.</c> before it. Default <c>localhost</c>.</summary>
    public string Domain { get; init; } = "localhost";
    /// <summary>Where workloads run, by <see cref="IEngine.Name"/>.</summary>
    public required IReadOnlyDictionary<string, IEngine> Engines { get; init; }
    /// <summary>The folder of this program with the lab's page: mounted read-only at <c>/opt/holdfast</c> in every machine.</summary>
    public required string ProgramFolder { get; init; }
    /// <summary>What <c>hub.yaml</c> says.</summary>
    public required HubSettings Settings { get; init; }

    /// <summary>Why somebody may not run a machine or a job on an engine; null when they may.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="engine">Where.</param>
    /// <param name="kind"><c>machine</c> or <c>job</c>, for the message.</param>
    internal HubFault? MayNotUse(Caller caller, string engine, string kind) => engine is not ("host" or "slurm") || caller.IsAdmin || Settings.HostForMembers ? null
        : new HubFault("forbidden", $"The {engine} engine is one trust domain, for administrators only; mend: a {kind} from an image{(engine == "host" ? "" : " on podman")}, or host_for_members in hub.yaml when everybody is trusted.");

    /// <summary>Where hub and machine meet.</summary>
    internal string MeetingOf(MachineRecord machine) => EngineOf(machine) is { SchedulesItself: true } ? Folders.SharedMeetingOf(machine.Id) : Folders.MeetingOf(machine.Id);

    /// <summary>The path of a socket of a machine: it lies there, or, of a machine on another computer, stands for the way to it (<see cref="Proxy.Upstream"/>).</summary>
    internal string SocketOf(MachineRecord machine, string name) => Path.Combine(machine.Node is null ? Folders.MeetingOf(machine.Id) : Folders.WayOf(machine.Id), name);

    /// <summary>Where a machine runs; null when this hub has no engine of that name any more.</summary>
    internal IEngine? EngineOf(MachineRecord machine) => Engines.GetValueOrDefault(MachineRules.EngineOf(machine.Spec));
}
