using Holdfast.Hub.Api;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Output;

/// <summary>The jobs of the book.</summary>
internal sealed class BookJobs(JobBook book, JobViews views) : IJobs
{
    public JobList List(Caller caller, JobState? state, long? before, int limit)
    {
        // One more than asked for: whether there are more.
        var found = book.List(caller, new JobFilter(state, Before: before, Most: limit + 1));
        return new JobList([.. found.Take(limit).Select(views.Of)], found.Count > limit ? found[limit - 1].Number : null);
    }

    public HubResult<JobView> Find(Caller caller, string id)
    {
        var found = book.Find(caller, id);
        return found.Ok ? views.Of(found.Value) : found.Fault;
    }

    public IReadOnlyList<JobView> Parts(Caller caller, string id) => book.Find(caller, id) is { Ok: true } found ? [.. book.Parts(found.Value).Select(views.Of)] : [];

    public HubResult<JobRecord> Cancel(Caller caller, string id) => book.Cancel(caller, id);

    public Task<HubResult<JobRecord>> HoldAsync(Caller caller, string id, bool isHeld, CancellationToken cancellationToken) => book.HoldAsync(caller, id, isHeld, cancellationToken);

    public Task<HubResult<JobRecord>> RetryAsync(Caller caller, string id) => book.RetryAsync(caller, id);
}
