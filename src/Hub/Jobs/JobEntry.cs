using System.Runtime.CompilerServices;
using Holdfast.Engines.Contract;

namespace Holdfast.Hub.Jobs;

/// <summary>A job that has not come to its end: its record, and who waits for its changes.</summary>
internal sealed class JobEntry(JobRecord record, JobStore store, Action<JobRecord, JobRecord> changed)
{
    private readonly Lock _turn = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The job as it is now.</summary>
    public JobRecord Record { get; private set; } = record;

    /// <summary>What its engine says of its turn, while it waits there. It changes often, and is not kept.</summary>
    public WorkloadWait? Wait { get; set; }

    /// <summary>Ends what runs of it.</summary>
    public CancellationTokenSource Cancelled { get; } = new();

    /// <summary>Ends the wait for its output to be stored.</summary>
    public CancellationTokenSource GivenUp { get; } = new();

    /// <summary>Changes the record, keeps it, tells who watches. One that is over stays as it is.</summary>
    public JobRecord Update(Func<JobRecord, JobRecord> change)
    {
        JobRecord next;
        lock (_turn)
        {
            var before = Record;
            next = change(before);
            if (next == before || before.IsOver) return before;
            store.Write(next);
            Record = next;
            var waiting = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            try
            {
                changed(before, next);
            }
            finally
            {
                // Whatever becomes of those who are told: it is written.
                waiting.SetResult();
            }
        }
        // Not what somebody else has made of it since.
        return next;
    }

    /// <summary>The record now and after each change, to its end; one that reads slowly skips.</summary>
    public async IAsyncEnumerable<JobRecord> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        JobRecord? last = null;
        while (last is not { IsOver: true })
        {
            Task change;
            JobRecord now;
            lock (_turn) (now, change) = (Record, _changed.Task);
            if (!ReferenceEquals(now, last)) yield return last = now;
            else await change.WaitAsync(cancellationToken);
        }
    }
}
