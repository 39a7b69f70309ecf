using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Holdfast.Hub.Machines;

/// <summary>One machine at work: its record, whose only writer is the lane's own loop, and the orders that wait.</summary>
internal sealed class Lane(MachineRecord record, MachineStore store, Action<MachineRecord, MachineRecord>? changed = null)
{
    private readonly Lock _turn = new();
    /// <summary>Held while a wish is written and asked for: two at once would be carried out in another order than they were written.</summary>
    public Lock Wishes { get; } = new();

    private readonly Channel<LaneOrder> _orders = Channel.CreateUnbounded<LaneOrder>();
    private CancellationTokenSource? _starting;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The machine as it is now.</summary>
    public MachineRecord Record { get; private set; } = record;

    /// <summary>What waits to be carried out.</summary>
    public ChannelReader<LaneOrder> Orders => _orders.Reader;

    /// <summary>Asks for something. A stop or a deletion ends a start that is on its way.</summary>
    public void Ask(LaneOrder order)
    {
        lock (_turn)
        {
            if (order is not LaneOrder.Start and not LaneOrder.Ended) _starting?.Cancel();
            _orders.Writer.TryWrite(order);
        }
    }

    /// <summary>Whether nothing but the order at hand is asked for.</summary>
    public bool IsAlone => !_orders.Reader.TryPeek(out _);

    /// <summary>A start begins: the token is cancelled by a stop that is asked for meanwhile, or was already.</summary>
    public CancellationTokenSource BeginStart(CancellationToken hub)
    {
        lock (_turn)
        {
            _starting = CancellationTokenSource.CreateLinkedTokenSource(hub);
            if (_orders.Reader.TryPeek(out var next) && next is not LaneOrder.Start and not LaneOrder.Ended) _starting.Cancel();
            return _starting;
        }
    }

    /// <summary>The start has ended.</summary>
    public void EndStart()
    {
        lock (_turn)
        {
            _starting?.Dispose();
            _starting = null;
        }
    }

    /// <summary>Changes the record, keeps it, tells who watches.</summary>
    public MachineRecord Update(Func<MachineRecord, MachineRecord> change)
    {
        TaskCompletionSource waiting;
        MachineRecord next;
        lock (_turn)
        {
            var before = Record;
            next = change(before);
            if (next == before) return before;
            store.Write(next);
            Record = next;
            changed?.Invoke(before, next);
            (waiting, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        waiting.SetResult();
        return next;
    }

    /// <summary>The record now and after each change; one that reads slowly skips. Ends after <see cref="MachineState.Deleted"/>.</summary>
    public async IAsyncEnumerable<MachineRecord> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        MachineRecord? last = null;
        while (last?.State != MachineState.Deleted)
        {
            Task change;
            MachineRecord now;
            lock (_turn) (now, change) = (Record, _changed.Task);
            if (!ReferenceEquals(now, last)) yield return last = now;
            else await change.WaitAsync(cancellationToken);
        }
    }
}

/// <summary>What a lane is to do.</summary>
internal abstract record LaneOrder
{
    public sealed record Start(StartWish Wish) : LaneOrder;

    /// <param name="Reason">One of <see cref="MachineReason"/>.</param>
    /// <param name="Message">The same in words; null for nothing.</param>
    /// <param name="Run">Only this run of the machine; null for whichever runs.</param>
    public sealed record Stop(string Reason, string? Message = null, int? Run = null) : LaneOrder;

    public sealed record Delete : LaneOrder;

    /// <summary>The workload of this run has ended by itself.</summary>
    public sealed record Ended(int Run, Engines.Contract.WorkloadStatus? Status) : LaneOrder;

    /// <summary>The hub has come back: whatever was going on is taken up.</summary>
    public sealed record TakeUp(WantedState Wanted) : LaneOrder;
}
