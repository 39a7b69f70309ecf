using System.Text.Json.Serialization;

namespace Holdfast.Engines.Host;

/// <summary>What is kept of a workload besides its layer and its processes: no environment, no argument.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Labels">As specified.</param>
/// <param name="Started">When.</param>
/// <param name="Boot">Which start of the computer that was: process ids of another one mean nothing.</param>
/// <param name="WorkingFolder">Where commands start, inside.</param>
/// <param name="Layers">The ephemeral layers; empty for a workload that is not isolated.</param>
/// <param name="Targets">Mount points inside, without links: nothing there is the layer's.</param>
/// <param name="Groups">Its control groups; empty without limits.</param>
/// <param name="IsIsolated">Whether it has a root and processes of its own.</param>
internal sealed record WorkloadRecord(
    string Id, Dictionary<string, string> Labels, DateTimeOffset Started, string Boot, string WorkingFolder, List<WorkloadLayer> Layers, List<string> Targets, List<string> Groups, bool IsIsolated)
{
    /// <summary>Folders that begin empty in every workload: sockets and temporary files of this host are not to be seen, and are no loss.</summary>
    public static IReadOnlyList<string> BeginEmpty { get; } = ["/run", "/tmp"];

    /// <summary>The computer's present start.</summary>
    public static string CurrentBoot { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
}

/// <summary>An overlay over one file system of this host.</summary>
/// <param name="Point">Where it lies, on this host and inside.</param>
/// <param name="Folder">Its folder in the scratch folder, with <c>upper</c> and <c>work</c>.</param>
internal sealed record WorkloadLayer(string Point, string Folder);

/// <summary>How records are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(WorkloadRecord))]
[JsonSerializable(typeof(List<WorkloadLayer>))]
internal sealed partial class WorkloadJson : JsonSerializerContext;
