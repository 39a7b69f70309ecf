using Holdfast.Engines.Contract;
using Holdfast.Engines.Podman;

namespace Holdfast.Engines.Tests.Podman;

[Collection(PodmanTests.Name)]
public sealed class PodmanConformance(PodmanService service) : RootedConformance
{
    private readonly List<PodmanEngine> _engines = [];

    protected override string Image => service.Image;

    protected override Task<IEngine> OpenAsync()
    {
        if (service.Unusable is { } reason) Assert.Skip(reason);
        _engines.Add(new PodmanEngine(service.Socket));
        return Task.FromResult<IEngine>(_engines[^1]);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var engine in _engines) engine.Dispose();
    }
}
