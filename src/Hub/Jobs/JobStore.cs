using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Holdfast.Hub.Database;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Jobs;

/// <summary>The jobs as they are kept. Those that come at once are written at once: a submit does not wait for the disk alone.</summary>
internal sealed class JobStore(HubDatabase database, AuditLog audit)
{
    private const int MostAtOnce = 500;
    private readonly Channel<Addition> _additions = Channel.CreateUnbounded<Addition>();
    private int _writing;

    /// <summary>The number of the newest job; 0 when there is none.</summary>
    public long Newest() => database.Value("SELECT max(number) FROM jobs") as long? ?? 0;

    /// <summary>Those that have not come to their end, the oldest first.</summary>
    public IReadOnlyList<JobRecord> Open() => Read("WHERE over = 0 ORDER BY number");

    /// <summary>The code that jobs name.</summary>
    public IReadOnlySet<string> Codes() => database.Query("SELECT DISTINCT json_extract(record, '$.Spec.Code') AS code FROM jobs WHERE code IS NOT NULL", row => row.GetString(0)).ToHashSet();

    /// <summary>A job by its id; null when there is none.</summary>
    public JobRecord? Find(string id) => Read("WHERE id = $id", ("$id", id)) is [var job] ? job : null;

    /// <summary>The newest job of a name that somebody may see and that is no part; null when there is none.</summary>
    public JobRecord? Newest(Caller caller, string name) =>
        Read("WHERE name = $name AND parent IS NULL AND ($owner IS NULL OR owner = $owner) ORDER BY number DESC LIMIT 1", ("$name", name), ("$owner", OwnerOf(caller))) is [var job] ? job : null;

    /// <summary>Jobs that are no parts, the newest first.</summary>
    public IReadOnlyList<JobRecord> List(Caller caller, JobFilter filter)
    {
        // Conditions that are not asked for are left out, so that each question has its index.
        var where = new StringBuilder("WHERE number < $before AND parent IS NULL");
        var values = new List<(string, object?)> { ("$before", filter.Before ?? long.MaxValue), ("$most", filter.Most) };
        And("owner", OwnerOf(caller) ?? filter.Owner);
        And("name", filter.Name);
        And("state", filter.State?.ToString());
        return Read($"{where} ORDER BY number DESC LIMIT $most", [.. values]);

        void And(string column, string? value)
        {
            if (value is null) return;
            where.Append(CultureInfo.InvariantCulture, $" AND {column} = ${column}");
            values.Add(($"${column}", value));
        }
    }

    /// <summary>The parts of a job, in order.</summary>
    public IReadOnlyList<JobRecord> Parts(string id) => Read("WHERE parent = $id ORDER BY part", ("$id", id));

    /// <summary>The newest jobs of a name and owner that succeeded.</summary>
    public IReadOnlyList<JobRecord> Succeeded(string owner, string name, int most) =>
        Read("WHERE name = $name AND owner = $owner AND state = 'Succeeded' ORDER BY number DESC LIMIT $most", ("$owner", owner), ("$name", name), ("$most", most));

    /// <summary>Adds jobs, all of them or none; completes when they outlive a power cut.</summary>
    /// <param name="person">Who submits them, for the audit log.</param>
    /// <param name="jobs">The job, and its parts after it.</param>
    public Task AddAsync(string person, IReadOnlyList<JobRecord> jobs)
    {
        var addition = new Addition(person, jobs, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _additions.Writer.TryWrite(addition);
        if (Interlocked.Exchange(ref _writing, 1) == 0) _ = Task.Run(WriteAdditions);
        return addition.Done.Task;
    }

    /// <summary>Writes a job as it is now.</summary>
    public void Write(JobRecord job) => database.Execute(
        "UPDATE jobs SET state = $state, over = $over, record = $record WHERE number = $number",
        ("$state", job.State.ToString()), ("$over", job.IsOver ? 1 : 0), ("$record", Json(job)), ("$number", job.Number));

    private void WriteAdditions()
    {
        while (true)
        {
            var batch = new List<Addition>();
            while (batch.Count < MostAtOnce && _additions.Reader.TryRead(out var next)) batch.Add(next);
            if (batch.Count > 0) Write(batch);
            if (_additions.Reader.TryPeek(out _)) continue;
            Volatile.Write(ref _writing, 0);
            // One that came after the look and before the word has found somebody who writes: that is still this one.
            if (!_additions.Reader.TryPeek(out _) || Interlocked.Exchange(ref _writing, 1) != 0) return;
        }
    }

    private void Write(List<Addition> batch)
    {
        try
        {
            database.Transact(() =>
            {
                foreach (var addition in batch) audit.Write(addition.Person, "job.submit", addition.Jobs[0].Id, addition.Jobs[0].Spec.Name);
                foreach (var job in batch.SelectMany(addition => addition.Jobs))
                {
                    database.Execute(
                        "INSERT INTO jobs (number, id, parent, part, owner, name, state, point, over, record) VALUES ($number, $id, $parent, $part, $owner, $name, $state, $point, $over, $record)",
                        ("$number", job.Number), ("$id", job.Id), ("$parent", job.Parent), ("$part", job.Index), ("$owner", job.Owner), ("$name", job.Spec.Name),
                        ("$state", job.State.ToString()), ("$point", job.Environment?.Point), ("$over", job.IsOver ? 1 : 0), ("$record", Json(job)));
                }
                return true;
            });
        }
        catch (Exception fault)
        {
            batch.ForEach(addition => addition.Done.SetException(fault));
            return;
        }
        batch.ForEach(addition => addition.Done.SetResult());
    }

    private IReadOnlyList<JobRecord> Read(string rest, params (string Name, object? Value)[] values) =>
        database.Query($"SELECT record FROM jobs {rest}", row => Whole(JsonSerializer.Deserialize(row.GetString(0), JobJson.Default.JobRecord)!), values);

    /// <summary>A job that an earlier version has written lacks what there was not then.</summary>
    private static JobRecord Whole(JobRecord job) => job with { Spec = JobRules.Filled(job.Spec) };

    private static string? OwnerOf(Caller caller) => caller.IsAdmin ? null : caller.Name;

    private static string Json(JobRecord job) => JsonSerializer.Serialize(job, JobJson.Default.JobRecord);

    private sealed record Addition(string Person, IReadOnlyList<JobRecord> Jobs, TaskCompletionSource Done);
}

/// <summary>Which jobs are listed.</summary>
/// <param name="State">Only in this state; null for all.</param>
/// <param name="Owner">Only theirs; null for all that the caller may see.</param>
/// <param name="Name">Only of this name; null for all.</param>
/// <param name="Before">Only those with a smaller number; null for the newest.</param>
/// <param name="Most">At most so many.</param>
internal sealed record JobFilter(JobState? State = null, string? Owner = null, string? Name = null, long? Before = null, int Most = 100);
