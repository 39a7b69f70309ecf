using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;

namespace Holdfast.Engines.Tests;

/// <summary>The host engine does what every engine does.</summary>
public sealed class HostConformance : EngineConformance
{
    protected override string? Image => null;

    protected override Task<IEngine> OpenAsync()
    {
        if (!HostCheck.MayIsolate) Assert.Skip("Namespaces and mounts need root (CAP_SYS_ADMIN).");
        return Task.FromResult<IEngine>(new HostEngine(Path.Combine(Folder, "index"), TimeProvider.System));
    }
}
