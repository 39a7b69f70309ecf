using System.Collections.Concurrent;
using Holdfast.Engines.Contract;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Hub.Api;

/// <summary>Whether the engines are well. A look costs a trial workload, so what was found holds for a minute, for whoever asks.</summary>
internal sealed class EngineChecks(HubOptions options, TimeProvider time)
{
    private static readonly TimeSpan Holds = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, (long At, Task<IReadOnlyList<EngineFault>> Found)> _found = [];

    public Task<EngineView[]> LookAsync(CancellationToken cancellationToken) => Task.WhenAll(options.Engines.Values.OrderBy(engine => engine.Name).Select(async engine =>
    {
        var (_, found) = _found.AddOrUpdate(engine.Name, _ => Look(engine), (_, old) => time.GetElapsedTime(old.At) < Holds && !old.Found.IsFaulted ? old : Look(engine));
        return new EngineView(engine.Name, [.. (await found.WaitAsync(cancellationToken)).Select(fault => fault.Message)]);
    }));

    // Not with the request's token: others wait for the same look.
    private (long, Task<IReadOnlyList<EngineFault>>) Look(IEngine engine) => (time.GetTimestamp(), engine.CheckAsync(CancellationToken.None));
}
