using System.Security.Cryptography;
using System.Text;
using Holdfast.Engines.Contract;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Points;

namespace Holdfast.Hub.Jobs;

/// <summary>Freezes the environment of a machine for a job, and puts it into the job. What is as it was at the newest point is not frozen again.</summary>
internal sealed class JobEnvironments(HubOptions options, EnvironmentPoints points, PointTaking taking, PointStore store, PointBounds bounds)
{
    /// <summary>Freezes it. What cannot be frozen is a fault: a job must not run in less than what it was tried in.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HubResult<JobEnvironment>> FreezeAsync(MachineRecord machine, CancellationToken cancellationToken)
    {
        var name = machine.Spec.Name;
        using var turn = await points.TurnAsync(machine.Owner, cancellationToken);
        try
        {
            var seen = await taking.LookAsync(machine, cancellationToken);
            var newest = store.Newest(machine.Id);
            var point = newest is not null && newest.IsSame(seen.Home.Mark(), seen.System.Mark) && newest.Image == machine.Spec.Image && await IsWholeAsync(machine, newest, cancellationToken)
                ? newest : await taking.TakeAsync(machine, PointWhy.Job, "", cancellationToken, seen);
            if (point.LeftOut.Count > 0)
                return new HubFault("conflict", $"The environment of {name} cannot be frozen whole: {string.Join(' ', point.LeftOut)} Mend: record it in the machine's recipe and build its image, or install less into home.");
            return new JobEnvironment(machine.Id, point.Number, point.Layer, Fingerprint(point), store.Packages(point.HomePackages).Count + store.Packages(point.SystemPackages).Count);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new HubFault("unavailable", $"The environment of {name} cannot be frozen: {fault.Message}");
        }
    }

    /// <summary>Whose layer a job begins with.</summary>
    public LayerPlace PlaceOf(JobEnvironment environment) => PointBounds.PlaceOf(options.Folders, environment.Machine);

    /// <summary>What tells home's package folders of an environment from others; null when there is nothing of them any more.</summary>
    public string? HomeOf(JobEnvironment environment) => store.Find(environment.Point)?.Home;

    /// <summary>Puts home's package folders of the environment below a folder; where each is to be seen from the home on, and what went wrong or null.</summary>
    public async Task<(IReadOnlyList<string> Roots, string? Problem)> PutHomeAsync(JobEnvironment environment, string to, CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (store.Find(environment.Point) is not { } point) return ([], $"The environment point p{environment.Point} was removed; mend: submit it again.");
        if (point.Home is null) return ([], null);
        var contents = bounds.ContentsOf(point.Person);
        var (tree, roots) = (contents.Read(point.Home), new List<string>());
        foreach (var root in tree.Roots)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var entries = tree.Of(root);
            if (entries.Count == 0) continue;
            var place = Path.Combine(to, root);
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            if (contents.Put(entries, place) is [var trouble, ..]) return ([], trouble);
            roots.Add(root);
        }
        return (roots, null);
    }

    private async Task<bool> IsWholeAsync(MachineRecord machine, PointRecord point, CancellationToken cancellationToken) =>
        point.LeftOut.Count == 0 && (point.Layer is null || await bounds.HasAsync(machine, point.Layer, cancellationToken));

    private static string Fingerprint(PointRecord point) =>
        $"env:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{point.Image}\n{point.Home}\n{point.HomePackages}\n{point.SystemPackages}\n{point.LayerMark}")))[..32]}";
}
