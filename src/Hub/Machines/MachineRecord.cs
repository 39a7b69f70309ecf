using Holdfast.Hub.Hooks;

namespace Holdfast.Hub.Machines;

/// <summary>A machine as the hub knows it.</summary>
public sealed record MachineRecord
{
    /// <summary><c>m</c> and eight hexadecimal digits: names its folders and its workload, also when the machine's name is used again.</summary>
    public required string Id { get; init; }
    /// <summary>What it is to be.</summary>
    public required MachineSpec Spec { get; init; }
    /// <summary>The login name of its owner, whose home is in it.</summary>
    public required string Owner { get; init; }
    /// <summary>Where it stands.</summary>
    public required MachineState State { get; init; }
    /// <summary>Why, one of <see cref="MachineReason"/>; null when there is nothing to say.</summary>
    public string? Reason { get; init; }
    /// <summary>The reason in words, with the mend; null when there is nothing to say.</summary>
    public string? Message { get; init; }
    /// <summary>What the hub is about to do to it while it runs, and did not do; null for nothing.</summary>
    public MachineNotice? Notice { get; init; }
    /// <summary>The digest of the image that it runs or ran; null for the host, and where no registry has told one.</summary>
    public string? Digest { get; init; }
    /// <summary>The type that it runs or ran with.</summary>
    public string? Type { get; init; }
    /// <summary>The node of a cluster that it runs or ran on; null for the hub's own host.</summary>
    public string? Node { get; init; }
    /// <summary>When its engine ends it, whatever it does: the limit of its allocation. Null for never.</summary>
    public DateTimeOffset? EndsAt { get; init; }
    /// <summary>The GPUs that it holds.</summary>
    public IReadOnlyList<int> Gpus { get; init; } = [];
    /// <summary>When it was created.</summary>
    public required DateTimeOffset Created { get; init; }
    /// <summary>When it was started last.</summary>
    public DateTimeOffset? Started { get; init; }
    /// <summary>When it stopped last; null while it runs.</summary>
    public DateTimeOffset? Stopped { get; init; }
    /// <summary>Counts its starts.</summary>
    public int Run { get; init; }
    /// <summary>What its last start did, in order.</summary>
    public IReadOnlyList<StartStep> Steps { get; init; } = [];
    /// <summary>How the hooks of its last start ended, in order.</summary>
    public IReadOnlyList<HookOutcome> Hooks { get; init; } = [];
    /// <summary>What the start has put right by itself, a sentence each: permissions of <c>.ssh</c>, files copied from the image.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>What people should know of a machine that runs.</summary>
/// <param name="Kind"><c>stops_soon</c> (see <paramref name="At"/>) or <c>auto_stop_waits</c> (it is due to be stopped, and something would be lost).</param>
/// <param name="Text">In words, with the mend.</param>
/// <param name="At">When it is or was to be stopped.</param>
public sealed record MachineNotice(string Kind, string Text, DateTimeOffset At)
{
    /// <summary>It will be stopped.</summary>
    public const string StopsSoon = "stops_soon";
    /// <summary>Its stop waits for people.</summary>
    public const string AutoStopWaits = "auto_stop_waits";
}

/// <summary>A step of a start.</summary>
/// <param name="Name"><c>pull</c>, <c>create</c>, <c>home</c>, <c>git</c>, <c>hook team</c>, <c>hook home</c>, <c>hook notebooks</c>, <c>lab</c>.</param>
/// <param name="Began">When it began.</param>
/// <param name="Took">How long it took; null while it goes on.</param>
/// <param name="Detail">The last that it said; null for nothing.</param>
public sealed record StartStep(string Name, DateTimeOffset Began, TimeSpan? Took, string? Detail);
