using System.Text.Json;
using Holdfast.Hub.Jobs;

namespace Holdfast.Cli.Jobs;

/// <summary>A job as its file or the command line describes it. What is not said is null or empty.</summary>
internal sealed record JobWish
{
    public string? Name { get; init; }

    public string? Image { get; init; }

    public string? Machine { get; init; }

    /// <summary><c>host</c>, <c>podman</c> or <c>slurm</c>.</summary>
    public string? Engine { get; init; }

    public int? Nodes { get; init; }

    public string? Partition { get; init; }

    /// <summary>The notebook's path.</summary>
    public string? Notebook { get; init; }

    /// <summary>How the notebook runs: <c>script</c> or <c>notebook</c>.</summary>
    public string? As { get; init; }

    public IReadOnlyList<string> Command { get; init; } = [];

    public IReadOnlyDictionary<string, JsonElement> Parameters { get; init; } = new Dictionary<string, JsonElement>();

    public string? PassAs { get; init; }

    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Secrets { get; init; } = [];

    public JobResources Resources { get; init; } = new();

    public string? Output { get; init; }

    public int? Shards { get; init; }

    public int? Priority { get; init; }
    /// <inheritdoc cref="JobSpec.After" />
    public IReadOnlyList<string> After { get; init; } = [];

    public TimeSpan? MaxDuration { get; init; }

    public TimeSpan? StopGrace { get; init; }

    public JobRetry? Retry { get; init; }

    public JobSweep? Sweep { get; init; }

    /// <summary><c>any</c> or <c>same</c>: whether a node may have other packages than the hub's host.</summary>
    public string? Environment { get; init; }

    /// <summary><c>auto</c> or <c>never</c>.</summary>
    public string? Resume { get; init; }

    /// <summary><c>imports</c> (they are run in its environment before it is queued) or <c>none</c>.</summary>
    public string? Smoke { get; init; }

    /// <summary>The folder whose files are the code; null for the one that the notebook or the command is in.</summary>
    public string? Code { get; init; }

    /// <summary>Nothing of the folder is sent.</summary>
    public bool NoCode { get; init; }

    /// <summary>The folder in which its command begins, in the code's copy of it.</summary>
    public string? Folder { get; init; }
}
