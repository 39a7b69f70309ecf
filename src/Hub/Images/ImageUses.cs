using Holdfast.Engines.Contract;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Images;

/// <summary>What needs an image: machines, also those that are stopped; jobs, also those that wait; and other containers.</summary>
internal sealed class ImageUses(Fleet fleet, JobStore jobs)
{
    private const int MostNamed = 3;
    private static readonly Caller Everybody = new("", IsAdmin: true);

    /// <summary>What needs each image as of now, in words. Members learn the names of their own things only.</summary>
    public Func<LocalImage, IReadOnlyList<string>> Now(Caller caller)
    {
        var machines = fleet.List(Everybody);
        var open = jobs.Open().ToLookup(job => job.ImageReference ?? job.ImagePin ?? job.Spec.Image);
        return image =>
        {
            var running = machines.Where(machine => image.UsedBy.Contains(machine.Id) || (machine.Spec.Image is { } named && IsNamed(image, named))).ToList();
            var waiting = open.Where(group => group.Key is { } named && IsNamed(image, named)).SelectMany(group => group).ToList();
            var theirs = waiting.Where(job => caller.Has(job.Owner)).Select(job => $"job {job.Id}").ToList();
            return
            [
                .. running.Select(machine => caller.Has(machine.Owner) ? $"machine {machine.Spec.Name}" : "a machine of somebody else").Distinct(),
                .. theirs.Count > MostNamed ? [$"{theirs.Count} jobs"] : theirs,
                .. waiting.Count > theirs.Count ? ["jobs of somebody else"] : Array.Empty<string>(),
                // The workload of a job is called after it and the attempt.
                .. image.UsedBy.Where(user => running.All(machine => machine.Id != user) && waiting.All(job => !user.StartsWith($"{job.Id}-", StringComparison.Ordinal))).Select(user => $"container {user}"),
            ];
        };
    }

    private static bool IsNamed(LocalImage image, string name) =>
        name == image.Id || image.Names.Any(each => each == name || each == $"{name}:latest" || each == $"localhost/{name}" || each == $"localhost/{name}:latest")
        || (image.Digest is { } digest && name.EndsWith($"@{digest}", StringComparison.Ordinal));
}
