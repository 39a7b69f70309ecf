using System.Text.Json.Serialization;

namespace Holdfast.Hub.Jobs;

/// <summary>Where a job stands. Why it stands there is its <see cref="JobReason"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobState>))]
public enum JobState
{
    /// <summary>It waits for its turn, for room, or for its next attempt.</summary>
    [JsonStringEnumMemberName("queued")] Queued,
    /// <summary>It has its turn: its image is fetched, its folders are made.</summary>
    [JsonStringEnumMemberName("preparing")] Preparing,
    /// <summary>Its command runs.</summary>
    [JsonStringEnumMemberName("running")] Running,
    /// <summary>It is being ended.</summary>
    [JsonStringEnumMemberName("cancelling")] Cancelling,
    /// <summary>Its command has ended and holds nothing any more; what is left of its output is uploaded to the store that it names.</summary>
    [JsonStringEnumMemberName("finishing")] Finishing,
    /// <summary>Its command ended with 0, and its output is complete.</summary>
    [JsonStringEnumMemberName("succeeded")] Succeeded,
    /// <summary>It failed, for its reason.</summary>
    [JsonStringEnumMemberName("failed")] Failed,
    /// <summary>Somebody cancelled it.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled,
    /// <summary>It ran as long as it may.</summary>
    [JsonStringEnumMemberName("timed_out")] TimedOut,
}

/// <summary>Why a job, or an attempt, is in its state; null when there is nothing to say. Beside it stands a message in words.</summary>
public static class JobReason
{
    /// <summary>Its command ended with another exit code than 0, or by a signal.</summary>
    public const string ExitedWithError = "container_exited_with_error";
    /// <summary>Its memory limit ended it.</summary>
    public const string OutOfMemory = "out_of_memory";
    /// <summary>It asks for more than this host has, or waits until something is free.</summary>
    public const string NoCapacity = "no_capacity";
    /// <summary>The computer or the engine went away under it.</summary>
    public const string Interrupted = "interrupted";
    /// <summary>It ran as long as it may.</summary>
    public const string MaxDurationExceeded = "max_duration_exceeded";
    /// <summary>There is no such image.</summary>
    public const string ImageMissing = "image_missing";
    /// <summary>The image could not be fetched; while the registry does not answer the job waits.</summary>
    public const string ImagePullFailed = "image_pull_failed";
    /// <summary>Where it came to, its image or the packages are others than they were to be.</summary>
    public const string EnvironmentDiffers = "environment_differs";
    /// <summary>Its folders, secrets or code could not be made ready.</summary>
    public const string SetupFailed = "setup_failed";
    /// <summary>The engine does not answer; the job waits.</summary>
    public const string EngineUnavailable = "engine_unavailable";
    /// <summary>The disk is full.</summary>
    public const string DiskFull = "disk_full";
    /// <summary>Somebody cancelled it.</summary>
    public const string CancelledByUser = "cancelled_by_user";
    /// <summary>Of shards or trials some failed.</summary>
    public const string PartFailed = "part_failed";
    /// <summary>The store that its output names does not take it, or its key, for now; it is tried again.</summary>
    public const string StoreUnavailable = "store_unavailable";
    /// <summary>Its output could not be uploaded; it is still in its folder.</summary>
    public const string OutputNotStored = "output_not_stored";
    /// <summary>Its engine has it, and decides when it runs.</summary>
    public const string Scheduled = "scheduled";
    /// <summary>Somebody holds it back.</summary>
    public const string Held = "held";
    /// <summary>It waits for the end of others.</summary>
    public const string WaitsForJob = "waits_for_job";
    /// <summary>A job that it was to run after has not succeeded.</summary>
    public const string DependencyFailed = "dependency_failed";
    /// <summary>It waits for its next attempt.</summary>
    public const string Retrying = "retrying";
}
