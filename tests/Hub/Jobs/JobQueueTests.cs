using Holdfast.Hub.Jobs;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Tests.Jobs;

/// <summary>The order in which jobs run.</summary>
public sealed class JobQueueTests
{
    private static readonly JobRoom.Free Two = new(2, 1000, 1);
    private readonly JobQueue _queue = new();
    private long _newest;

    [Fact]
    public void TakeNext_OfOnePerson_GoesByPriorityThenAge()
    {
        var (old, urgent, young) = (Put("ada"), Put("ada", priority: 90), Put("ada"));

        Assert.Equal([urgent, old], Take(Two));
        Assert.Equal([young], Take(Two));
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void TakeNext_OfSeveralPeople_GivesWhoHasLeastAtWork()
    {
        Put("ada");
        Put("ada");
        var (bob, eve) = (Put("bob"), Put("eve"));
        _queue.AtWork("ada", 1);

        Assert.Equal([bob, eve], Take(Two));
    }

    [Fact]
    public void TakeNext_ManyOfOnePerson_DoNotHoldUpAnother()
    {
        for (var each = 0; each < 1000; each++) Put("ada", priority: 100);
        var bob = Put("bob", priority: 0);

        Assert.Equal(1, _queue.Position(bob) + 1);
        Assert.Contains(bob, Take(Two));
    }

    [Fact]
    public void TakeNext_LargeOneWithoutRoom_IsNotOvertakenBySmallOnes()
    {
        var large = Put("ada", cpu: 2);
        Put("ada", cpu: 1);

        Assert.Empty(Take(new(1, 1000, 1)));
        Assert.Equal([large], Take(Two));
    }

    [Fact]
    public void TakeNext_OneThatWaitsForAGpu_LetsThoseRunThatNeedNone()
    {
        Put("ada", cpu: 1, gpus: 1);
        var second = Put("ada", cpu: 1);

        Assert.Equal([second], Take(new(2, 1000, 0)));
    }

    [Fact]
    public void TakeNext_OneThatMayNotRunYet_StaysInItsPlace()
    {
        var (later, now) = (Put("ada"), Put("ada"));

        Assert.Equal([now], _queue.TakeNext(Two, Shape, job => job.Number != later.Number));
        Assert.Equal(0, _queue.Position(later));
    }

    [Fact]
    public void Position_AmongPeople_CountsOneOfEachInTurn()
    {
        var mine = Enumerable.Range(0, 3).Select(_ => Put("ada")).ToList();
        for (var each = 0; each < 2; each++) Put("bob");

        Assert.Equal([0, 2, 4], mine.Select(job => _queue.Position(job)));
        _queue.Remove(mine[0]);
        Assert.Null(_queue.Position(mine[0]));
        Assert.Equal(0, _queue.Position(mine[1]));
    }

    private JobRecord Put(string owner, int? priority = null, double cpu = 1, int gpus = 0)
    {
        var number = ++_newest;
        var job = new JobRecord
        {
            Id = $"j{number}",
            Number = number,
            Owner = owner,
            State = JobState.Queued,
            Output = "/storage/x",
            Created = DateTimeOffset.UnixEpoch,
            Spec = new JobSpec { Command = ["true"], Priority = priority, Resources = new JobResources(Cpu: cpu, Gpu: gpus) },
        };
        _queue.Put(job);
        return job;
    }

    private List<JobRecord> Take(JobRoom.Free free) => _queue.TakeNext(free, Shape, _ => true);

    private static JobShape Shape(JobRecord job) => JobShape.Of(job.Spec.Resources, new HubSettings { Types = [new MachineType("standard", null, null, 0, null, 0)] });
}
