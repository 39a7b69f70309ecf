using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Loss;

/// <summary>Paths outside of the volumes that outlive a stop: moved to the machine's kept folder, with a link in their place that each start makes anew.</summary>
internal sealed class KeptPaths
{
    /// <summary>The kept paths of a machine.</summary>
    public IReadOnlyList<KeptPath> Of(string machineId) => throw new NotImplementedException();

    /// <summary>Keeps paths of a running machine. None is moved when one of them cannot be.</summary>
    public Task<HubResult<IReadOnlyList<KeptPath>>> KeepAsync(MachineRecord machine, IReadOnlyList<string> paths, CancellationToken cancellationToken) => throw new NotImplementedException();
}

/// <summary>A path that outlives a stop.</summary>
/// <param name="Path">Absolute, inside; at a start a link to <paramref name="Place"/> is made there.</param>
/// <param name="Place">Absolute, inside, below <c>/var/lib/holdfast-kept</c>.</param>
public sealed record KeptPath(string Path, string Place);
