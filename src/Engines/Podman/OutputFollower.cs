using System.Collections.Concurrent;

namespace Holdfast.Engines.Podman;

/// <summary>Keeps the output files of the workloads that run, as this process knows them, up to date.</summary>
internal sealed class OutputFollower(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10), Longest = TimeSpan.FromMilliseconds(250);
    private readonly ConcurrentDictionary<string, ContainerOutput> _outputs = new();
    private readonly ConcurrentDictionary<string, bool> _finished = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Follows a running workload from now on, unless that is done already.</summary>
    public void Follow(Container container, int processId)
    {
        if (Output(container) is { } output && _outputs.TryAdd(container.Id, output)) _ = Task.Run(() => FollowAsync(container.Id, output, processId, _stopping.Token));
    }

    /// <summary>Copies all that a workload that has ended has left to copy.</summary>
    public async Task FinishAsync(Container container, CancellationToken cancellationToken)
    {
        if (_finished.ContainsKey(container.Id)) return;
        if ((_outputs.TryGetValue(container.Id, out var output) ? output : Output(container)) is not { } rest) return;
        // Another process that copies at this moment copies the same.
        for (var tries = 0; tries < 50; tries++)
        {
            if (rest.Copy() is false)
            {
                _finished[container.Id] = true;
                return;
            }

            await Task.Delay(Shortest, time, cancellationToken);
        }
    }

    /// <summary>Of a container that is removed.</summary>
    public void Forget(string containerId) => _finished.TryRemove(containerId, out _);

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private static ContainerOutput? Output(Container container) =>
        container.HostConfig.LogConfig?.Path is { Length: > 0 } log
        && container.Config.Labels is { } labels
        && labels.TryGetValue(ContainerSpec.OutputLabel, out var file)
        && long.TryParse(labels.GetValueOrDefault(ContainerSpec.OutputStartLabel), out var start)
            ? new ContainerOutput(log, file, start)
            : null;

    private async Task FollowAsync(string id, ContainerOutput output, int processId, CancellationToken stopping)
    {
        try
        {
            var pause = Shortest;
            while (LocalProcess.Exists(processId))
            {
                pause = output.Copy() is true ? Shortest : pause * 2 < Longest ? pause * 2 : Longest;
                await Task.Delay(pause, time, stopping);
            }

            output.Copy();
        }
        catch (OperationCanceledException)
        {
            // What is missing is copied by the next process that looks.
        }
        finally
        {
            _outputs.TryRemove(id, out _);
        }
    }
}
