using Holdfast.Cli.Hub;
using Holdfast.Engines.Slurm;
using Holdfast.Hub;

namespace Holdfast.Cli.Doctor;

/// <summary><c>doctor --engine slurm</c>: whether jobs of this computer's hub would run on the cluster.</summary>
internal static class SlurmDoctor
{
    public static async Task<IReadOnlyList<Finding>> RunAsync(string? data, CancellationToken cancellationToken)
    {
        var place = HubPlace.Of(data);
        var settings = HubSettings.Read(place.Folders.Settings);
        if (!settings.Ok) return [new Finding(Grade.Bad, "hub", settings.Fault.Message)];
        var findings = new List<Finding>();
        if (settings.Value.Slurm is null) findings.Add(new Finding(Grade.Note, "hub", $"{place.Folders.Settings} has no 'slurm', so its hub does not use the cluster.", "'slurm: {}' there"));
        try
        {
            string[] shared = [HubFolders.Make(Path.GetDirectoryName(place.Folders.JobOf("x"))!), HubFolders.Make(place.Folders.Storage)];
            var seen = await new SlurmSurvey(settings.Value.Slurm ?? new SlurmSettings()).RunAsync(shared, Environment.ProcessPath, cancellationToken);
            findings.AddRange(seen.Select(each => new Finding(each.IsBad ? Grade.Bad : each.Mend is null ? Grade.Good : Grade.Note, each.Subject, each.Text, each.Mend)));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            findings.Add(new Finding(Grade.Bad, "hub", fault.Message));
        }
        return findings;
    }
}
