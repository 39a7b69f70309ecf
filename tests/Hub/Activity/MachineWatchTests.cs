using Holdfast.Hub.Activity;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Tests.Activity;

/// <summary>What counts as idle, and when a stop is due.</summary>
public sealed class MachineWatchTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly MachineRecord Machine = new()
    {
        Id = "m1",
        Spec = new MachineSpec { Name = "leaves" },
        Owner = "ada",
        State = MachineState.Running,
        Created = Noon,
        Started = Noon,
        Run = 1,
    };

    private readonly MachineWatch _watch = new(Machine, Noon);

    [Fact]
    public void Input_IsNewWhenItIsAnotherOne()
    {
        Look(0, input: -60);
        Look(10, input: -60);
        Assert.Equal(Noon, _watch.IdleSince);

        Look(20, input: 14);
        Assert.Equal(Noon + 14 * Minute, _watch.IdleSince);
        // A machine whose clock is wrong: an input is never older than the look before it.
        Look(30, input: 2);
        Assert.Equal(Noon + 20 * Minute, _watch.IdleSince);
        Look(40, input: 500);
        Assert.Equal(Noon + 40 * Minute, _watch.IdleSince);
    }

    [Fact]
    public void Touch_OfSomethingThatTheLabDoesNotSee_IsInput()
    {
        Look(0);
        _watch.Touch(Noon + 17 * Minute);
        Look(20);
        Assert.Equal(Noon + 17 * Minute, _watch.IdleSince);
        Look(30);
        Assert.Equal(Noon + 17 * Minute, _watch.IdleSince);
    }

    [Fact]
    public void Silence_IsNoIdleTime()
    {
        Look(0);
        _watch.Take(null, null, Noon + 90 * Minute);
        Assert.Equal((false, null), (_watch.Answers, _watch.IdleSince));

        Look(91);
        Assert.Equal(Noon + 90 * Minute, _watch.IdleSince);
    }

    [Fact]
    public void Processes_AboveATwentiethOfAProcessor_AreWork()
    {
        Look(0, work: 100);
        Look(1, work: 102);
        Assert.Equal(Noon, _watch.IdleSince);

        Look(2, work: 106);
        Assert.Equal("processes", Assert.Single(_watch.Busy).Thing.Kind);
        // The lab was started anew, and knows nothing of what has ended.
        Look(3, work: 1);
        Look(4, work: 1);
        Assert.Equal(Noon + 3 * Minute, _watch.IdleSince);
    }

    [Fact]
    public void Stop_IsNotBeforeItWasWarnedOf()
    {
        var rule = new AutoStop(60 * Minute, 180 * Minute);
        Look(0);

        Assert.Equal(new ComingStop(MachineReason.IdleTimeout, Noon + 60 * Minute, 10 * Minute), ComingStop.Of(Machine, _watch, rule, null));
        Assert.Equal(Noon + 120 * Minute, ComingStop.Of(Machine, _watch, rule, Noon + 120 * Minute)?.At);
        _watch.Warned = Noon + 59 * Minute;
        Assert.Equal(Noon + 69 * Minute, ComingStop.Of(Machine, _watch, rule, null)?.At);
        // Half of a short one.
        Assert.Equal(Minute, ComingStop.Of(Machine, _watch, new AutoStop(2 * Minute), null)?.Lead);
        Look(170);
        Look(171, busy: true);
        _watch.Warned = null;
        Assert.Equal(new ComingStop(MachineReason.TimeLimit, Noon + 180 * Minute, 10 * Minute), ComingStop.Of(Machine, _watch, rule, null));
        Assert.Null(ComingStop.Of(Machine, _watch, new AutoStop(60 * Minute), null));
    }

    private void Look(int minute, double? input = null, double work = 100, bool busy = false) => _watch.Take(
        new LabWork(Noon + minute * Minute, input is { } at ? Noon + at * Minute : null, busy ? [new LabBusy("kernel", "k", "train.ipynb", Noon)] : [], work, work, null, 1, null), null, Noon + minute * Minute);
}
