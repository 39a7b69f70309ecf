using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Costs;
using Holdfast.Hub.Jobs;

namespace Holdfast.Hub.Api;

/// <summary>Jobs as the API shows them.</summary>
internal sealed class JobViews(HubOptions options, JobBook jobs, CostReports costs)
{
    public JobView Of(JobRecord job)
    {
        var shape = JobShape.Of(job.Spec.Resources, options.Settings);
        var log = new FileInfo(options.Folders.LogOf(job.Id));
        return new JobView(
            job, jobs.Position(job), job.State == JobState.Queued ? jobs.EstimatedStart(job) : null, shape.Type.Price, CostOf(job), options.Settings.Currency,
            jobs.States(job).ToDictionary(state => JobWords.Of(state.Key), state => state.Value), log.Exists ? log.Length : 0);
    }

    private decimal CostOf(JobRecord job)
    {
        // What never ran, and its parts, have cost nothing: a long list does not ask for each.
        if (job.Started is null) return 0;
        return job.Parts == 0 ? costs.AllOf(job.Id) : jobs.Parts(job).Where(part => part.Started is not null).Sum(part => costs.AllOf(part.Id));
    }
}
