using System.Text.Json.Serialization;

namespace Holdfast.Hub.Machines;

/// <summary>Where a machine stands. Why it stands there is its <see cref="MachineReason"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MachineState>))]
public enum MachineState
{
    /// <summary>It was never started.</summary>
    [JsonStringEnumMemberName("created")] Created,
    /// <summary>Its image is being fetched.</summary>
    [JsonStringEnumMemberName("pulling")] Pulling,
    /// <summary>Its workload starts, its hooks run, its lab does not answer yet.</summary>
    [JsonStringEnumMemberName("starting")] Starting,
    /// <summary>Its lab has answered.</summary>
    [JsonStringEnumMemberName("running")] Running,
    /// <summary>It is being stopped.</summary>
    [JsonStringEnumMemberName("stopping")] Stopping,
    /// <summary>It does not run; its volumes are there.</summary>
    [JsonStringEnumMemberName("stopped")] Stopped,
    /// <summary>It could not be started, or ended by itself.</summary>
    [JsonStringEnumMemberName("failed")] Failed,
    /// <summary>It is gone with its notebooks folder.</summary>
    [JsonStringEnumMemberName("deleted")] Deleted,
}

/// <summary>Why a machine is in its state; null when there is nothing to say. Beside it stands a message in words.</summary>
public static class MachineReason
{
    /// <summary>Running in safe mode: a hook failed.</summary>
    public const string HookFailed = "hook_failed";
    /// <summary>Running in safe mode: a hook did not end in time.</summary>
    public const string HookTimeout = "hook_timeout";
    /// <summary>Running in safe mode: it was asked for, no hook ran.</summary>
    public const string SafeMode = "safe_mode";
    /// <summary>There is no such image.</summary>
    public const string ImageMissing = "image_missing";
    /// <summary>The image could not be fetched.</summary>
    public const string ImagePullFailed = "image_pull_failed";
    /// <summary>The image cannot run a lab: no glibc 2.31, no shell.</summary>
    public const string BadImage = "bad_image";
    /// <summary>No GPU, memory or processor is free.</summary>
    public const string NoCapacity = "no_capacity";
    /// <summary>The disk is full.</summary>
    public const string DiskFull = "disk_full";
    /// <summary>The engine does not answer.</summary>
    public const string EngineUnavailable = "engine_unavailable";
    /// <summary>The engine refused the start for another reason, which the message tells.</summary>
    public const string StartFailed = "start_failed";
    /// <summary>Starting: it waits for its turn in the queue of a cluster.</summary>
    public const string Queued = "queued";
    /// <summary>Its memory limit ended it.</summary>
    public const string OutOfMemory = "out_of_memory";
    /// <summary>Its lab does not answer.</summary>
    public const string LabUnreachable = "lab_unreachable";
    /// <summary>Its lab ended by itself, or was ended from outside.</summary>
    public const string LabEnded = "lab_ended";
    /// <summary>Somebody stopped it.</summary>
    public const string StoppedByUser = "stopped_by_user";
    /// <summary>The hub stopped it: nothing worked in it, and nobody did anything.</summary>
    public const string IdleTimeout = "idle_timeout";
    /// <summary>The hub stopped it: it has run as long as it may.</summary>
    public const string TimeLimit = "time_limit";
    /// <summary>The computer was started anew, or the engine lost it.</summary>
    public const string NodeLost = "node_lost";
}
