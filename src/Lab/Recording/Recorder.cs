using System.Text.Json;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Contents;
using Holdfast.Lab.History;
using Holdfast.Lab.Kernels.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Recording;

/// <summary>
/// Folds the journals of this lab's kernels into their notebooks, whether a page is there or not (docs/recording.md). One lock guards all that
/// is known; the turn of a notebook (<see cref="NotebookTurns"/>) is taken before it, never inside. The recorder of a single run, which has no
/// pages, writes beside the lab's: what both write in their turns is the fold of the same records.
/// </summary>
internal sealed partial class Recorder : IHostedService, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, KernelRecording> _recordings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _stated = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NotebookProgress> _progress = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ending = new();
    private readonly List<Task> _following = [];
    private readonly KeeperClient _keeper;
    private readonly LabOptions _options;
    private readonly NotebookTurns _turns;
    private readonly NotebookTrust _trust;
    private readonly NotebookHistory _history;
    private readonly PagePositions? _positions;
    private readonly string? _only;
    private readonly TimeProvider _time;
    private readonly ILogger<Recorder> _log;
    private readonly SourceTimes _times;
    private readonly WritingLab _writing;
    private bool _isStopped;

    public Recorder(
        KeeperClient keeper, LabOptions options, NotebookTurns turns, NotebookTrust trust, NotebookHistory history, PagePositions? positions, TimeProvider time, ILogger<Recorder> log,
        string? only = null)
    {
        (_keeper, _options, _turns, _trust, _history, _positions, _time, _log, _only) = (keeper, options, turns, trust, history, positions, time, log, only);
        _writing = new WritingLab(options, time, log);
        _times = new SourceTimes(_writing.FileOf("times.json"));
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _keeper.Changed += Follow;
        foreach (var kernel in _keeper.Kernels)
            Follow(kernel);
        if (_only is not null)
            return Task.CompletedTask;
        lock (_gate)
            _following.Add(Task.Run(FinishEndedAsync, CancellationToken.None));
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _keeper.Changed -= Follow;
        List<Task> following;
        lock (_gate)
        {
            if (_isStopped)
                return;
            _isStopped = true;
            following = [.. _following];
        }
        await _ending.CancelAsync();
        await Task.WhenAll(following);
        foreach (var recording in _recordings.Values)
            recording.Dispose();
        _writing.Dispose();
        _ending.Dispose();
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => new(StopAsync(CancellationToken.None));

    /// <summary>Whether this recorder writes notebooks.</summary>
    private bool IsWriting => _only is not null || _writing.IsThis;

    /// <summary>A notebook or a folder was renamed through the contents API: what is recorded goes with it.</summary>
    public void Moved(string from, string to)
    {
        lock (_gate)
        {
            foreach (var execution in _recordings.Values.SelectMany(recording => recording.Fold.Executions))
            {
                if (execution.Path == from || execution.Path.StartsWith(from + "/", StringComparison.Ordinal))
                    execution.Path = to + execution.Path[from.Length..];
            }
        }
    }

    private void Follow(KernelRecord kernel)
    {
        if (kernel.Root != _options.Root || (_only is not null && kernel.Id != _only))
            return;
        lock (_gate)
        {
            if (_recordings.TryGetValue(kernel.Id, out var known))
            {
                known.Kernel = kernel;
                Rename(known);
                return;
            }
            if (_isStopped)
                return;
            var recording = new KernelRecording(kernel, _options.Root);
            _recordings.Add(kernel.Id, recording);
            Rename(recording);
            _following.RemoveAll(task => task.IsCompletedSuccessfully);
            _following.Add(Task.Run(() => FollowAsync(recording), CancellationToken.None));
        }
    }

    /// <summary>Sessions follow renames: what was recorded of a session is the notebook's that has it now.</summary>
    private static void Rename(KernelRecording recording)
    {
        foreach (var session in recording.Kernel.Sessions)
        {
            foreach (var execution in recording.Fold.Executions.Where(execution => execution.Session == session.Id))
                execution.Path = session.Path;
        }
    }

    /// <summary>What is recorded of a notebook, in the order it was sent. Under the lock.</summary>
    private List<(KernelRecording Recording, Execution Execution)> Of(string path) =>
        [.. _recordings.Values
            .SelectMany(recording => recording.Fold.Executions.Where(execution => execution.Path == path).Select(execution => (recording, execution)))
            .OrderBy(each => each.execution.Sent)];

    /// <summary>How the outputs of these executions are written. Under the lock.</summary>
    private static Action<Execution, Utf8JsonWriter> Outputs(List<(KernelRecording Recording, Execution Execution)> executions, OutputLimit limit)
    {
        var recordings = executions.ToDictionary(each => each.Execution, each => each.Recording);
        return (execution, json) => recordings[execution].Outputs.Write(json, execution, limit, withTransient: false);
    }

    /// <summary>Folds all that the kernels of this notebook have sent so far.</summary>
    private void CatchUp(string path)
    {
        List<KernelRecording> recordings;
        lock (_gate)
        {
            recordings = [.. _recordings.Values.Where(recording =>
                recording.Kernel.Sessions.Any(session => session.Path == path) || recording.Fold.Executions.Any(execution => execution.Path == path))];
        }
        recordings.ForEach(CatchUp);
    }

    private void CatchUp(KernelRecording recording)
    {
        lock (_gate)
            recording.Refresh();
        for (var more = true; more;)
        {
            lock (_gate)
                more = recording.CatchUp();
        }
    }
}
