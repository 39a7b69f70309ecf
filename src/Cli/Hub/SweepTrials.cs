using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary>A trial of a sweep.</summary>
/// <param name="View">The part.</param>
/// <param name="Last">What it logged last of the metric; null for nothing.</param>
/// <param name="Best">The best value that it has logged; null for nothing.</param>
internal sealed record SweepTrial(JobView View, double? Last, double? Best);

/// <summary>The trials of a sweep with their metric.</summary>
/// <param name="View">The sweep.</param>
/// <param name="Trials">By number.</param>
/// <param name="Fault">Why they are not to be had; null when they are.</param>
internal sealed record SweepTrials(JobView View, IReadOnlyList<SweepTrial> Trials, HubReply? Fault)
{
    public const string Minimize = "minimize";
    private const int AtOnce = 8;

    /// <summary>The metric by which trials are compared; null for none.</summary>
    public string? Metric => View.Job.Spec.Sweep?.Metric;

    private bool IsMaximize => View.Job.Spec.Sweep?.Goal == "maximize";

    /// <summary>The best trial: of those that logged the metric the one that came to the best value, of equal ones the first; null for none.</summary>
    public SweepTrial? Best => Trials.Where(trial => trial.Best is not null).OrderBy(trial => IsMaximize ? -trial.Best : trial.Best).FirstOrDefault();

    /// <summary>Asks the hub.</summary>
    public static async Task<SweepTrials> ReadAsync(HubClient hub, string id, CancellationToken cancellationToken)
    {
        var job = await hub.GetAsync(JobVerb.PathOf(id), cancellationToken);
        if (job.Fault is not null) return new SweepTrials(null!, [], job);
        var view = job.Read(HubJson.Default.JobView);
        var parts = await hub.GetAsync(JobVerb.PathOf(view.Job.Id, "/parts"), cancellationToken);
        if (parts.Fault is not null) return new SweepTrials(view, [], parts);
        var views = parts.Read(HubJson.Default.JobViewArray);
        var sweep = new SweepTrials(view, [], null);
        var trials = new SweepTrial[views.Length];
        await Parallel.ForAsync(0, views.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (number, token) =>
            trials[number] = sweep.Metric is { } metric && views[number].Job.Started is not null ? await TrialAsync(hub, views[number], metric, sweep.IsMaximize, token) : new SweepTrial(views[number], null, null));
        return sweep with { Trials = [.. trials.OrderBy(trial => trial.View.Job.Index)] };
    }

    private static async Task<SweepTrial> TrialAsync(HubClient hub, JobView view, string metric, bool isMaximize, CancellationToken cancellationToken)
    {
        var reply = await hub.GetAsync(JobVerb.PathOf(view.Job.Id, $"/metrics?names={Uri.EscapeDataString(metric)}"), cancellationToken);
        if (reply.Fault is not null) return new SweepTrial(view, null, null);
        var series = reply.Read(HubJson.Default.JobMetrics).Series.FirstOrDefault(series => series.Name == metric);
        return new SweepTrial(view, series?.Last?.Value, (isMaximize ? series?.Max : series?.Min)?.Value);
    }
}
