namespace Holdfast.Hub.Jobs;

/// <summary>Where the parts of a job stand. Not safe for concurrent calls.</summary>
internal sealed class JobProgress
{
    private readonly Dictionary<JobState, int> _states = [];
    private (int Index, int? ExitCode) _firstFailed = (int.MaxValue, null);

    /// <summary>How many are there that are not over.</summary>
    public int Left => Of(JobState.Queued) + AtWork + Of(JobState.Finishing);

    /// <summary>How many have their turn.</summary>
    public int AtWork => Of(JobState.Preparing) + Of(JobState.Running) + Of(JobState.Cancelling);

    /// <summary>How many wait in the queue of their engine.</summary>
    public int Asked { get; private set; }

    /// <summary>How many have been given their turn and do not stand so yet.</summary>
    public int Taken { get; set; }

    /// <summary>The exit code of the first part, by its number, that failed; null when none did.</summary>
    public int? ExitCode => _firstFailed.ExitCode;

    public IReadOnlyDictionary<JobState, int> States() => _states.Where(state => state.Value > 0).ToDictionary();

    public int Of(JobState state) => _states.GetValueOrDefault(state);

    /// <summary>A part has come to a state.</summary>
    public void Add(JobRecord part)
    {
        _states[part.State] = Of(part.State) + 1;
        if (part is { State: JobState.Queued, IsAsked: true }) Asked++;
        if (part.State is JobState.Failed or JobState.TimedOut && part.Index < _firstFailed.Index) _firstFailed = (part.Index, part.ExitCode ?? JobExit.Platform);
    }

    /// <summary>A part has left a state.</summary>
    public void Leave(JobRecord part)
    {
        _states[part.State] = Of(part.State) - 1;
        if (part is { State: JobState.Queued, IsAsked: true }) Asked--;
    }
}
