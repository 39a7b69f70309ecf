using System.Text.Json;
using Holdfast.Hub.Stores;

namespace Holdfast.Hub.Jobs;

/// <summary>What a job is to do. It is not changed after it was submitted.</summary>
public sealed record JobSpec
{
    /// <summary>1 to 40 lower-case letters, digits and single <c>-</c>, beginning with a letter; several jobs may have the same. Default: from the notebook's or the program's name.</summary>
    public string? Name { get; init; }
    /// <summary>Program and arguments. A program without a slash is looked for in the <c>PATH</c> inside.</summary>
    public required IReadOnlyList<string> Command { get; init; }
    /// <summary>The image, by any name that the engine understands; its digest is stored when the job is prepared. Null for the host itself.</summary>
    public string? Image { get; init; }
    /// <summary>Where it runs: <c>host</c>, <c>podman</c> or <c>slurm</c>. Null: <c>podman</c> with an image, else <c>host</c>.</summary>
    public string? Engine { get; init; }
    /// <summary>The machine whose environment it runs in, by name; null for none.</summary>
    public string? Machine { get; init; }
    /// <summary>The code: <c>sha256:</c> and the hash of an archive that was sent before (<c>PUT /jobs/code/HASH</c>). It is at <c>/code</c>, a copy of its own, where the command starts; null for none.</summary>
    public string? Code { get; init; }
    /// <summary>The notebook in the code that this is a run of, for people; null for none.</summary>
    public string? Notebook { get; init; }
    /// <summary>Parameters: texts, numbers, truth values or lists of them.</summary>
    public IReadOnlyDictionary<string, JsonElement> Parameters { get; init; } = new Dictionary<string, JsonElement>();
    /// <summary>
    /// How the command gets them besides the variable <c>HOLDFAST_PARAMETERS</c> (JSON): <c>arguments</c> (<c>--name=value</c> at its end), <c>papermill</c> (<c>-p name value</c>) or <c>none</c>.
    /// Default arguments.
    /// </summary>
    public string? PassAs { get; init; }
    /// <summary>Variables of the command.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();
    /// <summary>Secrets of its owner that it gets as variables, by name.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];
    /// <summary>What it may use.</summary>
    public JobResources Resources { get; init; } = new();
    /// <summary>Where its output goes: a folder of <c>/storage</c>, or a place in a store of the hub's, <c>s3://STORE/FOLDER</c>; <c>{name}</c> and <c>{id}</c> stand for the job's. Default <c>/storage/runs/{name}/{id}</c>.</summary>
    public string? Output { get; init; }
    /// <summary>The output, where that is a place in a store.</summary>
    internal string? Store => Output is { } output && StorePlace.IsMeant(output) ? output : null;
    /// <summary>How many copies run, each with its share. Default 1.</summary>
    public int Shards { get; init; } = 1;
    /// <summary>On how many nodes of a cluster its command runs at once, once on each. Default 1.</summary>
    public int Nodes { get; init; } = 1;
    /// <summary>The part of the cluster that it runs in; null for the usual one.</summary>
    public string? Partition { get; init; }
    /// <summary>
    /// Without an image, of a node that has other packages than the hub's host had at the submission: <c>any</c> (it runs, and says so) or <c>same</c> (it fails, <c>environment_differs</c>). Default any.
    /// </summary>
    public string? Environment { get; init; }
    /// <summary>Jobs, by id or the newest of a name, that it waits for: it runs when all of them have succeeded, and never when one has not. Empty for none.</summary>
    public IReadOnlyList<string> After { get; init; } = [];
    /// <summary>Of one person's jobs those of the higher priority run first. 0 to 100, default 50.</summary>
    public int? Priority { get; init; }
    /// <summary>It is ended after so long in one attempt; null for never.</summary>
    public TimeSpan? MaxDuration { get; init; }
    /// <summary>How long it has from SIGTERM to SIGKILL. Default 30 s.</summary>
    public TimeSpan? StopGrace { get; init; }
    /// <summary>When it is run again; null for: after an interruption, 3 attempts.</summary>
    public JobRetry? Retry { get; init; }
    /// <summary>Trials over values of parameters; null for none.</summary>
    public JobSweep? Sweep { get; init; }
    /// <summary>
    /// The import statements of the code, in their order, without those of modules that lie in it: they are run in the job's environment before it is queued, and one that fails refuses it
    /// (<c>imports-fail</c>). Empty for none. What passed in the same environment is not run again; an image that is not here yet is not looked into. They are no part of the job that is stored.
    /// </summary>
    public IReadOnlyList<JobImport> Imports { get; init; } = [];
}

/// <summary>An import statement of a job's code.</summary>
/// <param name="Statement">As it stands there; it may have several lines.</param>
/// <param name="Place">Where it stands, for people: <c>train.ipynb cell 2 line 1</c>.</param>
public sealed record JobImport(string Statement, string Place);

/// <summary>What a job may use.</summary>
/// <param name="Type">A machine type by its name; null for the first one.</param>
/// <param name="Cpu">Processors, in place of the type's.</param>
/// <param name="Memory">Bytes, in place of the type's.</param>
/// <param name="Gpu">GPUs for itself alone, in place of the type's.</param>
/// <param name="ShmSize">Bytes of <c>/dev/shm</c>, in place of the type's.</param>
public sealed record JobResources(string? Type = null, double? Cpu = null, long? Memory = null, int? Gpu = null, long? ShmSize = null);

/// <summary>When a job is run again.</summary>
/// <param name="On"><c>interruption</c> (the computer or the engine went away) and <c>error</c> (it ended with an exit code); null for interruption.</param>
/// <param name="MaxAttempts">How often it runs at most, 1 to 100; null for 3.</param>
/// <param name="ExitCodes">Exit codes that are an error to be tried again; null for 75 alone when <paramref name="On"/> does not have <c>error</c>, else for all but 0.</param>
public sealed record JobRetry(IReadOnlyList<string>? On = null, int? MaxAttempts = null, IReadOnlyList<int>? ExitCodes = null);

/// <summary>Trials over values of parameters, each a job of its own.</summary>
public sealed record JobSweep
{
    /// <summary><c>grid</c> (all combinations) or <c>random</c>. Default grid.</summary>
    public string? Method { get; init; }
    /// <summary>Values of each parameter: a list, or for random also <c>{min, max, scale: linear|log, integer: true|false}</c>.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Parameters { get; init; }
    /// <summary>How many trials of random, 1 to 10,000. Default 10.</summary>
    public int? Trials { get; init; }
    /// <summary>Of random: the same seed gives the same trials. Default 0.</summary>
    public int? Seed { get; init; }
    /// <summary>How many run at once; null for as many as there is room for.</summary>
    public int? MaxParallel { get; init; }
    /// <summary>The metric by which the best trial is chosen; null for none.</summary>
    public string? Metric { get; init; }
    /// <summary><c>minimize</c> or <c>maximize</c>. Default minimize.</summary>
    public string? Goal { get; init; }
}
