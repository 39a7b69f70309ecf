namespace Holdfast.Engines.Contract;

/// <summary>What is to run, and where.</summary>
public sealed record WorkloadSpec
{
    /// <summary>Names it on this host: 1 to 63 lower-case letters, digits and <c>-</c>, beginning with a letter.</summary>
    public required string Id { get; init; }
    /// <summary>The image's digest or name as <see cref="EngineImage.Reference"/> has it; null for the host itself.</summary>
    public string? Image { get; init; }
    /// <summary>Program and arguments; the program is an absolute path inside.</summary>
    public required IReadOnlyList<string> Argv { get; init; }
    /// <summary>The environment besides the image's own; on the host the whole of it.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
    /// <summary>The folder to start in, inside.</summary>
    public string WorkingFolder { get; init; } = "/";
    /// <summary>Folders and files of this host that are seen inside. Their targets are made where they are missing.</summary>
    public IReadOnlyList<WorkloadMount> Mounts { get; init; } = [];
    /// <summary>Folders of this host that must not be seen inside (the hub's data, other homes). Only the host engine shows any; mounts below them are seen all the same.</summary>
    public IReadOnlyList<string> Masked { get; init; } = [];
    /// <summary>A folder of this host, 0700, made by the caller: the host engine keeps the ephemeral layer and the workload's state in it. Other engines leave it empty.</summary>
    public required string Scratch { get; init; }
    /// <summary>What it may use.</summary>
    public WorkloadResources Resources { get; init; } = new();
    /// <summary>The kept layer (<see cref="ILayerSnapshots"/>) that it begins with, made on the same image; null for an empty one.</summary>
    public string? Layer { get; init; }
    /// <summary>Whose layer that is; null for a workload of this id.</summary>
    public LayerPlace? LayerOf { get; init; }
    /// <summary>The name that it has for itself on the network; null for the host's on the host engine, else the id.</summary>
    public string? HostName { get; init; }
    /// <summary>Kept with the workload; <c>owner</c> is what <see cref="IEngine.ListAsync"/> asks for.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    /// <summary>What an engine that schedules itself is to know; null for nothing. The others do not look at it.</summary>
    public WorkloadTurn? Turn { get; init; }
    /// <summary>A file of this host to which the output of the first process is appended, made 0600. What keeps its own record writes little there.</summary>
    public required string OutputFile { get; init; }

    /// <summary>Whether this can be a workload's <see cref="Id"/>.</summary>
    public static bool IsId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id.Length is > 0 and <= 63 && char.IsAsciiLetterLower(id[0]) && id.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');
    }
}

/// <summary>A folder or file of this host inside a workload.</summary>
/// <param name="Source">Absolute; it must exist, nothing is made there.</param>
/// <param name="Target">Absolute, inside.</param>
/// <param name="IsReadOnly">Whether it cannot be written inside.</param>
public sealed record WorkloadMount(string Source, string Target, bool IsReadOnly = false);

/// <summary>What a workload may use; null is no limit of its own.</summary>
/// <param name="Processors">Processors, 0.1 and more.</param>
/// <param name="Memory">Bytes; more than that ends it.</param>
/// <param name="SharedMemory">Bytes of <c>/dev/shm</c>.</param>
/// <param name="Processes">Processes and threads.</param>
/// <param name="Gpus">Indexes of the GPUs that it sees; empty for none.</param>
public sealed record WorkloadResources(double? Processors = null, long? Memory = null, long? SharedMemory = null, int? Processes = null, IReadOnlyList<int>? Gpus = null);

/// <summary>What an engine that decides itself when and where a workload runs (<see cref="IEngine.SchedulesItself"/>) is to know.</summary>
public sealed record WorkloadTurn
{
    /// <summary>GPUs for itself alone, of each node.</summary>
    public int Gpus { get; init; }
    /// <summary>On how many nodes the command runs, once on each. Default 1.</summary>
    public int Nodes { get; init; } = 1;
    /// <summary>It is ended after so long; null for as long as the engine lets it.</summary>
    public TimeSpan? MaxDuration { get; init; }
    /// <summary>How long before that end it gets SIGTERM.</summary>
    public TimeSpan Grace { get; init; }
    /// <summary>0 to 100; the higher ones go first.</summary>
    public int Priority { get; init; } = 50;
    /// <summary>The part of the cluster that it runs in; null for the usual one.</summary>
    public string? Partition { get; init; }
    /// <summary>Whether somebody works in it: it is told at which address of its node it is reached (<c>HOLDFAST_NODE_ADDRESS</c>), and is not begun anew when that node is lost.</summary>
    public bool IsSession { get; init; }
    /// <summary>Whether the engine may begin it anew by itself, where its node is lost or wanted. Default: unless it is a session.</summary>
    public bool MayRequeue { get => field && !IsSession; init; } = true;
    /// <summary>The digest of the image, <c>sha256:</c> and 64 hexadecimal digits, that is checked where it runs; null for any.</summary>
    public string? Digest { get; init; }
    /// <summary>Without an image: a command that says, on each node and before the workload's own, in what the node differs from where the workload comes from, one line; nothing when it does not. Null for no look.</summary>
    public IReadOnlyList<string>? Comparison { get; init; }
    /// <summary>Whether a node that differs, or where that cannot be looked at, refuses it; else it is only said.</summary>
    public bool MustBeSame { get; init; }
}
