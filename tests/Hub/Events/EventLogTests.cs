using Holdfast.Hub.Database;
using Holdfast.Hub.Events;
using Holdfast.Hub.Hooks;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Tests.Events;

public sealed class EventLogTests : IDisposable
{
    private static readonly Caller Ada = new("ada", IsAdmin: true), Bob = new("bob", IsAdmin: false);
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-events-").FullName;
    private readonly HubDatabase _database;
    private readonly EventLog _events;

    public EventLogTests()
    {
        _database = HubDatabase.Open(Path.Combine(_folder, "hub.db"));
        _events = new EventLog(_database, TimeProvider.System);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _database.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Events_OfOthers_AreForAdministrators()
    {
        _events.Add("hub.started", null, null, "The hub has been started.");
        _events.Add("machine.stopped", "leaves", "ada", "leaves\nhas stopped.");
        _events.Add("machine.stopped", "trees", "bob", "trees has stopped.");

        Assert.Equal(["trees has stopped.", "leaves has stopped.", "The hub has been started."], _events.Read(Ada).Select(happened => happened.Text));
        Assert.Equal(["trees"], _events.Read(Bob).Select(happened => happened.Machine));
        Assert.Empty(_events.Read(Bob, machine: "leaves"));
        Assert.Equal(["leaves has stopped."], _events.Read(Ada, before: _events.Newest(), most: 1).Select(happened => happened.Text));
    }

    [Fact]
    public async Task Watch_WhileOthersAdd_LosesAndDoublesNone()
    {
        const int All = 2000;
        using var adding = new SemaphoreSlim(0);
        var adders = Enumerable.Range(0, 4).Select(adder => Task.Run(async () =>
        {
            await adding.WaitAsync(Cancel);
            for (var i = 0; i < All / 4; i++) _events.Add("test.event", null, i % 2 == 0 ? "bob" : "ada", $"{adder} {i}");
        }, Cancel)).ToArray();
        var seen = new List<HubEvent>();

        adding.Release(4);
        await foreach (var happened in _events.WatchAsync(Bob, 0, null, Cancel))
        {
            if (happened is not null) seen.Add(happened);
            if (seen.Count == All / 2) break;
        }

        await Task.WhenAll(adders);
        Assert.Equal(_events.Read(Bob, most: All).Reverse().Select(happened => happened.Id), seen.Select(happened => happened.Id));
        Assert.Equal(All / 2, seen.Select(happened => happened.Text).Distinct().Count());
    }

    [Fact]
    public void Events_TooMany_AreForgottenAndNoIdComesTwice()
    {
        _database.Transact(() =>
        {
            for (var i = 0; i < EventLog.Most + 1000; i++) _events.Add("test.event", null, null, "It happened.");
            return true;
        });
        var newest = _events.Newest();
        _database.Execute("DELETE FROM events");
        _events.Add("test.event", null, null, "It happened.");

        Assert.Equal(EventLog.Most + 1000, newest);
        Assert.Equal(newest + 1, Assert.Single(_events.Read(Ada)).Id);
    }

    [Fact]
    public void Machine_WithAHookThatFails_IsToldInWords()
    {
        var observer = new MachineEvents(_events);
        var hook = new HookOutcome("notebooks", "/notebooks/pre-run.sh", 127, 7, "nosuch --x", "", TimeSpan.Zero, null);
        MachineRecord[] states =
        [
            new() { Id = "m1", Spec = new MachineSpec { Name = "leaves" }, Owner = "bob", State = MachineState.Created, Created = DateTimeOffset.UnixEpoch },
        ];
        Change(record => record with { State = MachineState.Starting, Type = "small" });
        Change(record => record with { Message = "half of it" });
        Change(record => record with { State = MachineState.Running, Reason = MachineReason.HookFailed, Message = HookWords.Of(hook), Hooks = [hook] });
        Change(record => record with { State = MachineState.Stopping });
        Change(record => record with { State = MachineState.Failed, Reason = MachineReason.OutOfMemory, Message = "Its memory limit ended it." });

        Assert.Equal(
        [
            ("machine.starting", "leaves is being started with the type small."),
            ("hook.failed", "/notebooks/pre-run.sh failed in line 7 with exit code 127: nosuch --x"),
            ("machine.running", "leaves runs in safe mode: /notebooks/pre-run.sh failed in line 7 with exit code 127: nosuch --x"),
            ("machine.failed", "leaves has failed (out of memory). Its memory limit ended it."),
        ], _events.Read(Bob).Reverse().Select(happened => (happened.Kind, happened.Text)));

        void Change(Func<MachineRecord, MachineRecord> change)
        {
            states = [.. states, change(states[^1])];
            observer.Changed(states[^2], states[^1]);
        }
    }
}
