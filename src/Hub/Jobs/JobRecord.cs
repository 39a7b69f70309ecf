namespace Holdfast.Hub.Jobs;

/// <summary>
/// A job as the hub knows it. One with shards or a sweep does not run itself: its parts do, jobs with its id as <see cref="Parent"/>, and it stands where they stand.
/// </summary>
public sealed record JobRecord
{
    /// <summary><c>j</c> and eight hexadecimal digits.</summary>
    public required string Id { get; init; }
    /// <summary>Grows from job to job of a hub.</summary>
    public required long Number { get; init; }
    /// <summary>The job that this is a part of; null for none.</summary>
    public string? Parent { get; init; }
    /// <summary>Which part, from 0: the shard's or the trial's number. 0 for a job that is no part.</summary>
    public int Index { get; init; }
    /// <summary>How many parts it has; 0 for one that runs itself.</summary>
    public int Parts { get; init; }
    /// <summary>Of how many shards it is one; 1 for a job that is none.</summary>
    public int ShardCount { get; init; } = 1;
    /// <summary>What it is to do, with a name and an output.</summary>
    public required JobSpec Spec { get; init; }
    /// <summary>The login name of its owner.</summary>
    public required string Owner { get; init; }
    /// <summary>Where it stands.</summary>
    public required JobState State { get; init; }
    /// <summary>While it is queued: whether its engine, which decides itself when a job runs, has it already. <see cref="Message"/> is then what the engine says.</summary>
    public bool IsAsked { get; init; }
    /// <summary>While it is queued: whether somebody holds it back.</summary>
    public bool IsHeld { get; init; }
    /// <summary>Why, one of <see cref="JobReason"/>; null when there is nothing to say.</summary>
    public string? Reason { get; init; }
    /// <summary>The reason in words, with the mend; null when there is nothing to say.</summary>
    public string? Message { get; init; }
    /// <summary>The exit code that <c>job wait</c> ends with: the command's own, 125 when it never ran because of the hub, 128 and the signal's number; null before its end.</summary>
    public int? ExitCode { get; init; }
    /// <summary>The folder that it puts its output in, as jobs and machines see it: an absolute path below <c>/storage</c>.</summary>
    public required string Output { get; init; }
    /// <summary>The place in object storage that the folder is uploaded to, <c>s3://STORE/PREFIX</c>; null for none.</summary>
    public string? Store => Spec.Store;
    /// <summary>While it is finishing: where it will stand when its output is stored.</summary>
    public JobOutcome? Outcome { get; init; }
    /// <summary>What its image's name meant when it was submitted: an id, or a place and a digest in a registry. Null for the host, and where that could not be said.</summary>
    public string? ImagePin { get; init; }
    /// <summary>The image as it was found at the first attempt; all attempts run that one. Null for the host, and before.</summary>
    public string? ImageReference { get; init; }
    /// <summary>The digest of that image; null for the host, and where no registry has told one.</summary>
    public string? Digest { get; init; }
    /// <summary>The environment of the machine that it was submitted from; null for none.</summary>
    public JobEnvironment? Environment { get; init; }
    /// <summary>What tells the packages of the hub's host, when it was submitted without an image or a machine, from others: <c>packages:</c> and a hash. Null for all other jobs.</summary>
    public string? Packages { get; init; }
    /// <summary>In what nodes that it ran on differ from that, a sentence for each: <c>environment: node2 differs: numpy 1.24 and not 1.26</c>. Empty where they do not, and where nobody looks.</summary>
    public IReadOnlyList<string> Differences { get; init; } = [];
    /// <summary>The type that it runs or ran with.</summary>
    public string? Type { get; init; }
    /// <summary>The GPUs that it holds.</summary>
    public IReadOnlyList<int> Gpus { get; init; } = [];
    /// <summary>When it was submitted.</summary>
    public required DateTimeOffset Created { get; init; }
    /// <summary>When its command was started first; null before.</summary>
    public DateTimeOffset? Started { get; init; }
    /// <summary>When it came to its end; null before.</summary>
    public DateTimeOffset? Ended { get; init; }
    /// <summary>It is not tried again before; null for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }
    /// <summary>Its attempts, the last one last.</summary>
    public IReadOnlyList<JobAttempt> Attempts { get; init; } = [];
    /// <summary>The job that it is a retry of; null for none.</summary>
    public string? RetryOf { get; init; }

    /// <summary>Whether it has come to its end.</summary>
    public bool IsOver => State is JobState.Succeeded or JobState.Failed or JobState.Cancelled or JobState.TimedOut;
}

/// <summary>How a job ends.</summary>
/// <param name="State">Succeeded, failed, cancelled or timed out.</param>
/// <param name="Reason">One of <see cref="JobReason"/>; null when there is nothing to say.</param>
/// <param name="Message">The reason in words; null for nothing.</param>
/// <param name="ExitCode">As <see cref="JobRecord.ExitCode"/>.</param>
public sealed record JobOutcome(JobState State, string? Reason, string? Message, int? ExitCode);

/// <summary>One time that a job ran, or was to run.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Began">When its turn came.</param>
/// <param name="Started">When its command was started; null when it never was.</param>
/// <param name="Ended">When it ended; null while it goes on.</param>
/// <param name="ExitCode">Of the command; null while it goes on and when nobody saw it end.</param>
/// <param name="Reason">One of <see cref="JobReason"/>; null when it succeeded or goes on.</param>
/// <param name="Message">The reason in words; null for nothing.</param>
/// <param name="LogStart">Where in the job's log its output begins, in bytes.</param>
public sealed record JobAttempt(int Number, DateTimeOffset Began, DateTimeOffset? Started, DateTimeOffset? Ended, int? ExitCode, string? Reason, string? Message, long LogStart)
{
    /// <summary>The how many-th time it was that its engine had begun the same workload anew, on another node; 0 for an attempt of the hub's.</summary>
    public int Requeue { get; init; }
}
