namespace Holdfast.Keeper.Tests;

/// <summary>A clock whose time is set by the test. Timers go off when <see cref="Advance"/> passes them; the timestamps that measure spans are the system's.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = System.GetUtcNow();

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now;
    }

    /// <summary>Sets the wall clock, and no timer goes off: as when somebody sets the computer's clock.</summary>
    public void Set(DateTimeOffset now)
    {
        lock (_gate) _now = now;
    }

    /// <summary>Lets time pass, and every timer go off once that is due then.</summary>
    public void Advance(TimeSpan time)
    {
        List<ManualTimer> due;
        lock (_gate)
        {
            _now += time;
            due = _timers.FindAll(timer => timer.Pass(time));
        }

        foreach (var timer in due) timer.GoOff();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state, dueTime, period);
        lock (_gate) _timers.Add(timer);
        if (dueTime == TimeSpan.Zero) timer.GoOff();
        return timer;
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state, TimeSpan due, TimeSpan period) : ITimer
    {
        private TimeSpan _due = due == TimeSpan.Zero ? period : due;

        public bool Pass(TimeSpan time)
        {
            if (_due < TimeSpan.Zero) return false;
            _due -= time;
            if (_due > TimeSpan.Zero) return false;
            _due = period;
            return true;
        }

        public void GoOff() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
        {
            (_due, period) = (dueTime, newPeriod);
            return true;
        }

        public void Dispose()
        {
            lock (clock._gate) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
