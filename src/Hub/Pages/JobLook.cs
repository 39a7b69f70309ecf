using System.Globalization;
using System.Text.Json;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Jobs;

namespace Holdfast.Hub.Pages;

/// <summary>How pages show a job.</summary>
internal static class JobLook
{
    public static readonly IReadOnlyList<(string Name, JobState State)> States = [.. Enum.GetValues<JobState>().Select(state => (Word(state), state))];

    public static string Word(JobState state) => state == JobState.TimedOut ? "timed out" : state.ToString().ToLowerInvariant();

    public static Html Badge(JobRecord job) => $"""<span class="state {Class(job.State)}">{Word(job.State)}</span>""";

    /// <summary>A reason in few words; null where the state says it.</summary>
    public static string? Reason(JobRecord job) => job.Reason switch
    {
        null or JobReason.CancelledByUser or JobReason.MaxDurationExceeded => null,
        JobReason.ExitedWithError when job.ExitCode is { } code => string.Create(CultureInfo.InvariantCulture, $"exit code {code}"),
        var reason => reason.Replace('_', ' '),
    };

    public static string Name(JobRecord job) => job.Spec.Name ?? job.Id;

    /// <summary>How long it ran; null when it never did.</summary>
    public static TimeSpan? Duration(JobRecord job, DateTimeOffset now) => job.Started is { } started ? (job.Ended ?? now) - started : null;

    /// <summary>Where it stands in the queue, and when its turn may come.</summary>
    public static string? Position(JobView view, DateTimeOffset now) => view.Position is { } position
        ? string.Create(CultureInfo.InvariantCulture, $"{position} before it{(view.EstimatedStart is { } start ? $", in about {Words.Span(start - now)}" : "")}")
        : null;

    /// <summary>The value of a parameter.</summary>
    public static string Value(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    /// <summary>Its parts by where they stand.</summary>
    public static string Parts(JobView view) => string.Join(", ", view.States.Where(state => state.Value > 0).Select(state => string.Create(CultureInfo.InvariantCulture, $"{state.Value} {state.Key.Replace('_', ' ')}")));

    private static string Class(JobState state) => state switch
    {
        JobState.Preparing or JobState.Finishing => "starting",
        JobState.Cancelling => "stopping",
        JobState.TimedOut => "failed",
        _ => Word(state),
    };
}
