using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Slurm;

/// <summary>
/// What Slurm knows of this user's jobs, by one question for all of them: asked each second while something changes, each 30 s at rest, and at once when something was submitted. Nobody asks while
/// nobody waits.
/// </summary>
internal sealed class SlurmQueue(SlurmProgram slurm, TimeProvider time)
{
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1), Rest = TimeSpan.FromSeconds(30);
    // After a change more of them are near.
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(15);

    private readonly Lock _turn = new();
    private TaskCompletionSource<EngineResult<SlurmView>>? _next;
    private TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _asking;
    private SlurmView _last = new(new Dictionary<string, SlurmJob>(), DateTimeOffset.MinValue);
    private DateTimeOffset _changed;

    /// <summary>The queue as it is now: a question that begins after this call.</summary>
    public async Task<EngineResult<SlurmView>> NowAsync(CancellationToken cancellationToken)
    {
        Task<EngineResult<SlurmView>> answer;
        lock (_turn)
        {
            // One that is on its way may have left before what the caller knows.
            _next ??= new TaskCompletionSource<EngineResult<SlurmView>>(TaskCreationOptions.RunContinuationsAsynchronously);
            answer = _next.Task;
            if (_asking is null or { IsCompleted: true }) _asking = Task.Run(AskAsync, CancellationToken.None);
        }
        return await answer.WaitAsync(cancellationToken);
    }

    /// <summary>Something was submitted or is about to change: the next question comes soon.</summary>
    public void Wake()
    {
        lock (_turn)
        {
            _changed = time.GetUtcNow();
            _woken.TrySetResult();
            _woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Waits for the time of the next question, or until <see cref="Wake"/>, or until what is looked at on the way says so; then it is asked.</summary>
    /// <param name="hasMoved">Looked at each second: cheap.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<EngineResult<SlurmView>> LaterAsync(Func<bool> hasMoved, CancellationToken cancellationToken)
    {
        var begun = time.GetUtcNow();
        while (!hasMoved())
        {
            Task woken;
            SlurmView last;
            DateTimeOffset changed;
            lock (_turn) (woken, last, changed) = (_woken.Task, _last, _changed);
            if (last.At >= begun) return last;
            var now = time.GetUtcNow();
            if (now - last.At >= (now - changed < Busy ? Quick : Rest)) break;
            await Task.WhenAny(woken, Task.Delay(Quick, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (woken.IsCompleted) break;
        }
        return await NowAsync(cancellationToken);
    }

    private async Task AskAsync()
    {
        while (true)
        {
            TaskCompletionSource<EngineResult<SlurmView>> asked;
            lock (_turn)
            {
                if (_next is null)
                {
                    _asking = null;
                    return;
                }
                (asked, _next) = (_next, null);
            }
            try
            {
                var said = await slurm.RunAsync("squeue", ["--me", "--states=all", "--noheader", $"--Format={SlurmJob.Format}"], CancellationToken.None);
                asked.SetResult(said.Ok ? Take(said.Value) : said.Fault);
            }
            catch (Exception fault)
            {
                asked.SetException(fault);
            }
        }
    }

    private SlurmView Take(string said)
    {
        var jobs = new Dictionary<string, SlurmJob>();
        foreach (var line in said.Split('\n'))
        {
            if (line.Length > 0 && SlurmJob.Parse(line) is { } job) jobs[job.Id] = job;
        }
        var view = new SlurmView(jobs, time.GetUtcNow());
        lock (_turn)
        {
            if (jobs.Count != _last.Jobs.Count || jobs.Values.Any(job => !_last.Jobs.TryGetValue(job.Id, out var before) || before.State != job.State || before.Restarts != job.Restarts)) _changed = view.At;
            _last = view;
        }
        return view;
    }
}

/// <summary>The jobs of this user at one moment.</summary>
/// <param name="Jobs">By Slurm's number.</param>
/// <param name="At">When.</param>
internal sealed record SlurmView(IReadOnlyDictionary<string, SlurmJob> Jobs, DateTimeOffset At)
{
    private Dictionary<string, int>? _positions;

    /// <summary>The newest job of a name; null for none.</summary>
    public SlurmJob? Named(string name) => Jobs.Values.Where(job => job.Name == name).MaxBy(job => long.TryParse(job.Id, out var number) ? number : 0);

    /// <summary>How many of those that wait are before it.</summary>
    public int Position(SlurmJob job)
    {
        _positions ??= Jobs.Values.Where(each => each.State == "PENDING").OrderByDescending(each => each.Priority).ThenBy(each => long.TryParse(each.Id, out var number) ? number : 0)
            .Select((each, at) => (each.Id, at)).ToDictionary(each => each.Id, each => each.at);
        return _positions.GetValueOrDefault(job.Id);
    }
}
