using Holdfast.Cli.Keeper;
using Holdfast.Cli.Lab;
using Holdfast.Engines.Podman;
using Holdfast.Kernels;

namespace Holdfast.Cli.Doctor;

/// <summary>Looks at everything that the lab needs, and a hub.</summary>
internal static class Checkup
{
    public static async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        using var podman = new PodmanEngine(PodmanSocket.Path);
        var catalog = await KernelSpecFinder.FindAsync(Surroundings.Variables, cancellationToken);
        return
        [
            .. Kernels(catalog),
            .. await IpykernelCheck.RunAsync(catalog, cancellationToken),
            PageCheck.Run(LabVerb.AssetsFolder),
            .. SystemCheck.Run(Surroundings.Home),
            await KeeperAsync(cancellationToken),
            .. await HubCheck.EngineAsync(cancellationToken),
            .. await EngineCheck.RunAsync(podman, cancellationToken),
            await HubCheck.RunAsync(cancellationToken),
            .. await HubCheck.StoresAsync(cancellationToken),
        ];
    }

    private static IEnumerable<Finding> Kernels(KernelSpecCatalog catalog)
    {
        yield return catalog.Specs.Count == 0
            ? new Finding(Grade.Bad, "kernels", "no kernel was found, so no cell can run.", "apt-get install python3-ipykernel, or python3 -m pip install ipykernel")
            : new Finding(Grade.Good, "kernels", string.Join(", ", catalog.Specs.Values.Select(LabWords.KernelText)));
        foreach (var problem in catalog.Problems) yield return new Finding(Grade.Note, "kernels", problem);
    }

    private static async Task<Finding> KeeperAsync(CancellationToken cancellationToken)
    {
        var (keeper, problem) = await KeeperContact.TryAsync(cancellationToken);
        await using var contact = keeper;
        if (problem is not null) return new Finding(Grade.Bad, "keeper", problem);
        return keeper is null
            ? new Finding(Grade.Good, "keeper", "none runs; a lab starts one.")
            : new Finding(Grade.Good, "keeper", $"process {keeper.KeeperProcessId}, {Output.Count(keeper.Kernels.Count, "kernel")}, since {Output.Clock(keeper.KeeperStarted, TimeProvider.System)}");
    }
}
