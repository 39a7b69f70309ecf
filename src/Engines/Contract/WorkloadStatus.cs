namespace Holdfast.Engines.Contract;

/// <summary>What an engine knows of a workload.</summary>
/// <param name="Id">Its id.</param>
/// <param name="IsRunning">Whether its first process runs.</param>
/// <param name="ProcessId">The first process as this host sees it; null when it has ended.</param>
/// <param name="ExitCode">Of the first process, 128 and the signal's number when one ended it; null while it runs, and when nobody saw it end.</param>
/// <param name="IsOutOfMemory">Whether its memory limit ended it, as far as the engine can tell.</param>
/// <param name="Started">When it was started.</param>
/// <param name="Ended">When it ended, as far as it is known.</param>
/// <param name="Labels">As in its specification.</param>
public sealed record WorkloadStatus(
    string Id, bool IsRunning, int? ProcessId, int? ExitCode, bool IsOutOfMemory, DateTimeOffset Started, DateTimeOffset? Ended, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>Why it does not run yet, or not at the moment, although it was asked for: of an engine that schedules itself. Null while it runs and when it has ended.</summary>
    public WorkloadWait? Waiting { get; init; }
    /// <summary>Why it ended, where it was the engine that ended it and nobody here had asked for that: a limit of time, a node that went away. Null for all other ends.</summary>
    public string? Interruption { get; init; }
    /// <summary>Why what it was to run on would not run it, although it was asked for; its command never ran. Null for all other ends.</summary>
    public WorkloadRefusal? Refusal { get; init; }
    /// <summary>In what nodes that it has run on differ from where it came from (<see cref="WorkloadTurn.Comparison"/>), a sentence for each. Empty for nothing.</summary>
    public IReadOnlyList<string> Differences { get; init; } = [];
    /// <summary>Whether that was somebody's order to the engine itself, as by <c>scancel</c>: then it is not to be begun again.</summary>
    public bool IsCancelled { get; init; }
    /// <summary>How often the engine has begun it anew by itself, because what it ran on went away.</summary>
    public int Requeues { get; init; }
    /// <summary>Where it runs, or ran last; null for this host.</summary>
    public string? Node { get; init; }
    /// <summary>A name or number by which this host reaches that node, of a <see cref="WorkloadTurn.IsSession"/>; null for this host.</summary>
    public string? Address { get; init; }
    /// <summary>When the engine will end it, whatever it does; null for never, and when it does not say.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Whether it has come to its end.</summary>
    public bool IsOver => !IsRunning && Waiting is null;
}

/// <summary>Why a command was not run.</summary>
/// <param name="Code"><c>environment_differs</c>, <c>image_pull_failed</c> or <c>setup_failed</c>.</param>
/// <param name="Message">In words, with the mend.</param>
public sealed record WorkloadRefusal(string Code, string Message);

/// <summary>Why a workload waits.</summary>
/// <param name="Reason">In words, of the engine: <c>Slurm job 12 waits: Resources</c>.</param>
/// <param name="Position">How many of the engine's waiting workloads are before it, as far as it shows them; null when that means nothing.</param>
/// <param name="EstimatedStart">When it will start, as the engine plans; null when it does not say.</param>
public sealed record WorkloadWait(string Reason, int? Position, DateTimeOffset? EstimatedStart);

/// <summary>An image that is ready to start.</summary>
/// <param name="Reference">What <see cref="WorkloadSpec.Image"/> takes; null for the host itself.</param>
/// <param name="Digest">The digest by which a registry knows it, <c>sha256:</c> and 64 hexadecimal digits; null when no registry has told it.</param>
/// <param name="Size">Bytes on this host; null for the host itself.</param>
/// <param name="Environment">The environment that it sets.</param>
public sealed record EngineImage(string? Reference, string? Digest, long? Size, IReadOnlyDictionary<string, string> Environment);

/// <summary>A command to run inside a workload.</summary>
/// <param name="Argv">Program and arguments.</param>
/// <param name="Input">What it reads; null for nothing.</param>
/// <param name="MostOutput">Bytes of each stream that are kept; the rest is read and let go.</param>
public sealed record ExecCommand(IReadOnlyList<string> Argv, ReadOnlyMemory<byte>? Input = null, int MostOutput = 1 << 20);

/// <summary>How a command inside a workload ended.</summary>
/// <param name="ExitCode">128 and the signal's number when one ended it.</param>
/// <param name="Output">What it wrote to stdout.</param>
/// <param name="Error">What it wrote to stderr.</param>
public sealed record ExecResult(int ExitCode, string Output, string Error);

/// <summary>A path that differs from what the workload was started with.</summary>
/// <param name="Path">Absolute, inside.</param>
/// <param name="Kind">What was done to it.</param>
/// <param name="Size">Bytes of a file, or of all in a folder that is new; 0 when it was deleted.</param>
public sealed record LayerChange(string Path, LayerChangeKind Kind, long Size);

/// <summary>What was done to a path.</summary>
public enum LayerChangeKind
{
    /// <summary>It was not there.</summary>
    Added,
    /// <summary>Its content or its attributes are others.</summary>
    Modified,
    /// <summary>It is not there any more.</summary>
    Deleted,
}
