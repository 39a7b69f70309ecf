using Microsoft.Extensions.Hosting;

namespace Holdfast.Hub.Events;

/// <summary>The hub's own beginning and end; one that was killed has no end.</summary>
internal sealed class HubEvents(EventLog events) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        events.Add("hub.started", null, null, "The hub has been started.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        events.Add("hub.ended", null, null, "The hub has been ended. What runs goes on.");
        return Task.CompletedTask;
    }
}
