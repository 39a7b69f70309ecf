using Holdfast.Hub.Activity;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Tests.People;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Tests.Activity;

/// <summary>A hub whose machines are idle by a clock that the test moves.</summary>
internal sealed class ActivityPlace : IAsyncDisposable
{
    private readonly ManualClock _clock = new() { Now = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()) };

    public ActivityPlace(AutoStop? rule = null, Uri? webhook = null, Func<HubSettings, HubSettings>? change = null) => Hub = new TestHub(
        options => options with { Settings = (change ?? (settings => settings))(options.Settings with { AutoStop = rule ?? new AutoStop(TimeSpan.FromHours(2), OnLoss: OnLoss.Stop), Webhook = webhook }) },
        add: services => services.AddSingleton(new ActivityClock(_clock)));

    public TestHub Hub { get; }

    public DateTimeOffset Now => _clock.Now;

    /// <summary>Moves the clock and looks.</summary>
    public async Task AdvanceAsync(TimeSpan span)
    {
        _clock.Now += span;
        await LookAsync();
    }

    public Task LookAsync() => Hub.Service<ActivityWatch>().LookAsync(TestHub.Cancellation);

    public MachineActivity ActivityOf(string name) => Hub.Service<ActivityWatch>().Of(Hub.Fleet.Find(name)!)!;

    /// <summary>Looks again and again, by a clock that stands, until a machine is as asked for.</summary>
    public async Task<MachineActivity> SeeAsync(string name, Func<MachineActivity, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            await LookAsync();
            if (ActivityOf(name) is { } activity && condition(activity)) return activity;
            Assert.False(limit.IsCancellationRequested, ActivityOf(name).ToString() + string.Join(", ", ActivityOf(name).Busy));
            await Task.Delay(50, TestHub.Cancellation);
        }
    }

    public Task<MachineActivity> SeeIdleAsync(string name) => SeeAsync(name, activity => activity.IdleSince is not null);

    public Task<MachineRecord> StoppedAsync(MachineRecord machine) => Hub.UntilAsync(machine.Id, record => record.State is MachineState.Stopped or MachineState.Failed);

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
