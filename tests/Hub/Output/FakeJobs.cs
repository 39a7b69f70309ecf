using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Output;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Tests.Output;

/// <summary>Jobs that are what a test says they are.</summary>
internal sealed class FakeJobs(string storage) : IJobs
{
    private readonly SortedDictionary<long, JobView> _jobs = [];

    /// <summary>A job, that has an output folder.</summary>
    public JobRecord Put(string name, JobState state = JobState.Running, string owner = "ada", Func<JobRecord, JobRecord>? with = null, Func<JobView, JobView>? view = null)
    {
        var number = _jobs.Count + 1L;
        var id = $"j{number:x8}";
        var record = new JobRecord
        {
            Id = id,
            Number = number,
            Spec = new JobSpec { Name = name, Command = ["python", "train.py"] },
            Owner = owner,
            State = state,
            Output = $"/storage/runs/{name}/{id}",
            Created = DateTimeOffset.UnixEpoch,
        };
        record = with?.Invoke(record) ?? record;
        var shown = new JobView(record, null, null, 0.5m, 0.25m, "USD", new Dictionary<string, int>(), 0);
        _jobs[number] = view?.Invoke(shown) ?? shown;
        Directory.CreateDirectory(FolderOf(record));
        return record;
    }

    public JobView this[string id] => _jobs.Values.Single(view => view.Job.Id == id);

    /// <summary>Its output folder, on this host.</summary>
    public string FolderOf(JobRecord job) => storage + job.Output["/storage".Length..];

    /// <summary>Writes an artifact.</summary>
    public void Write(JobRecord job, string path, string text)
    {
        var file = Path.Combine(FolderOf(job), path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    public JobList List(Caller caller, JobState? state, long? before, int limit)
    {
        var all = _jobs.Values.Reverse().Where(view => IsTheirs(caller, view) && view.Job.Parent is null && (before is null || view.Job.Number < before)
            && (state is null || view.Job.State == state)).ToList();
        return new JobList([.. all.Take(limit)], all.Count > limit ? all[limit - 1].Job.Number : null);
    }

    public HubResult<JobView> Find(Caller caller, string id) =>
        _jobs.Values.FirstOrDefault(view => view.Job.Id == id && IsTheirs(caller, view)) is { } found ? found : new HubFault("not-found", $"There is no job {id}.");

    public IReadOnlyList<JobView> Parts(Caller caller, string id) => [.. _jobs.Values.Where(view => view.Job.Parent == id && IsTheirs(caller, view)).OrderBy(view => view.Job.Index)];

    public Task<HubResult<JobRecord>> HoldAsync(Caller caller, string id, bool isHeld, CancellationToken cancellationToken) => Task.FromResult<HubResult<JobRecord>>(new HubFault("conflict", "It runs."));

    public HubResult<JobRecord> Cancel(Caller caller, string id)
    {
        var found = Find(caller, id);
        if (!found.Ok) return found.Fault;
        return (_jobs[found.Value.Job.Number] = found.Value with { Job = found.Value.Job with { State = JobState.Cancelling } }).Job;
    }

    public Task<HubResult<JobRecord>> RetryAsync(Caller caller, string id) => Task.FromResult<HubResult<JobRecord>>(
        Find(caller, id) is { Ok: true } found ? Put(found.Value.Job.Spec.Name!, JobState.Queued, caller.Name, job => job with { RetryOf = id }) : new HubFault("not-found", $"There is no job {id}."));

    private static bool IsTheirs(Caller caller, JobView view) => caller.IsAdmin || view.Job.Owner == caller.Name;
}
