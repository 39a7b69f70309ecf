using Holdfast.Engines.Contract;

namespace Holdfast.Hub.Jobs;

/// <summary>Exit codes, and what an end means.</summary>
internal static class JobExit
{
    /// <summary>It never ran, or nobody saw how it ended: the platform's fault, as with docker run.</summary>
    public const int Platform = 125;
    /// <summary>It ran as long as it may, as with timeout(1).</summary>
    public const int TimedOut = 124;

    private const int Killed = 128 + 9;

    /// <summary>How a command ended: null reason when it succeeded.</summary>
    public static (string? Reason, string? Message, int? ExitCode) Of(EngineResult<WorkloadStatus> end) => end switch
    {
        { Fault.Code: "no-capacity" } => (JobReason.NoCapacity, end.Fault.Message, null),
        { Ok: false } => (JobReason.Interrupted, $"{end.Fault.Message} The computer was started anew, or somebody has removed it.", null),
        { Value.IsOutOfMemory: true } => (JobReason.OutOfMemory, "Its memory limit ended it; mend: more of resources.memory, or a larger type.", end.Value.ExitCode ?? Killed),
        { Value.Refusal: { } refused } => (refused.Code, refused.Message, Platform),
        { Value: { IsCancelled: true, Interruption: { } words } } => (JobReason.CancelledByUser, words, end.Value.ExitCode is 0 ? null : end.Value.ExitCode),
        // Whatever code it ended with: what is told to end saves its work and often ends with 0.
        { Value.Interruption: { } why } => (JobReason.Interrupted, why, end.Value.ExitCode is 0 ? null : end.Value.ExitCode),
        { Value.ExitCode: 0 } => (null, null, 0),
        { Value.ExitCode: JobRules.RetryMe } => (JobReason.ExitedWithError, "It ended with exit code 75: it asks to be run again.", JobRules.RetryMe),
        { Value.ExitCode: 126 } => (JobReason.ExitedWithError, "Exit code 126: its program may not be executed; mend: chmod +x, or the interpreter before it.", 126),
        { Value.ExitCode: 127 } => (JobReason.ExitedWithError, "Exit code 127: its program was not found inside; mend: its log names it.", 127),
        { Value.ExitCode: > 128 and < 160 and var signal } => (JobReason.ExitedWithError, $"Signal {signal - 128} ended it{(signal == Killed ? ": somebody, or the system for want of memory" : "")}.", signal),
        { Value.ExitCode: { } code } => (JobReason.ExitedWithError, $"It ended with exit code {code}; mend: its log says why.", code),
        _ => (JobReason.Interrupted, "It has ended, and nobody saw how: the computer was started anew, or it was killed from outside.", null),
    };
}
