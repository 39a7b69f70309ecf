using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Output;

/// <summary>What outputs and pages want of the jobs. Somebody sees their own, an administrator all.</summary>
internal interface IJobs
{
    /// <summary>Jobs that are no parts of others, the newest first.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="state">Only those in this state; null for all.</param>
    /// <param name="before">Only those with a lower number; null for the newest.</param>
    /// <param name="limit">Most.</param>
    JobList List(Caller caller, JobState? state, long? before, int limit);

    /// <summary>One by its id, or the newest of a name.</summary>
    HubResult<JobView> Find(Caller caller, string id);

    /// <summary>The parts of one, by their index; empty for one that has none.</summary>
    IReadOnlyList<JobView> Parts(Caller caller, string id);

    /// <summary>Ends one.</summary>
    HubResult<JobRecord> Cancel(Caller caller, string id);

    /// <summary>Holds one back that waits, or lets it go on.</summary>
    Task<HubResult<JobRecord>> HoldAsync(Caller caller, string id, bool isHeld, CancellationToken cancellationToken);

    /// <summary>Submits the same anew.</summary>
    Task<HubResult<JobRecord>> RetryAsync(Caller caller, string id);
}
