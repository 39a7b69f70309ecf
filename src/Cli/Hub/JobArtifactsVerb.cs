using System.CommandLine;
using System.Text.Json;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Output;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast job artifacts ID [PATH]</c>: the files of a job's output folder.</summary>
internal static class JobArtifactsVerb
{
    public static Command Create()
    {
        var id = JobVerb.Job();
        var path = new Argument<string?>("PATH") { Description = "A file of the output, or a folder of it.", Arity = ArgumentArity.ZeroOrOne };
        var folder = new Option<string?>("--dir", "-d") { Description = "Download into this folder; without PATH all there is.", HelpName = "DIR" };
        var (format, quiet) = (Output.Format(), Asking.Quiet());
        return Asking.Verb("artifacts", "List what a job has put out, or download it: with PATH into this folder, with -d into another.", async (parse, hub, cancellationToken) =>
        {
            var (job, wanted, into) = (parse.GetValue(id)!, parse.GetValue(path)?.Trim('/'), parse.GetValue(folder));
            var (all, fault) = await ListAsync(hub, job, cancellationToken);
            if (all is null) return Asking.Fail(fault!);
            var artifacts = wanted is null ? all : all.FindAll(artifact => artifact.Path == wanted || artifact.Path.StartsWith(wanted + "/", StringComparison.Ordinal));
            if (wanted is not null && artifacts.Count == 0) return Output.Fail($"{job} has put out no {wanted}. '{Surroundings.Program} job artifacts {job}' lists what it has.");
            if (wanted is not null || into is not null) return await DownloadAsync(hub, job, artifacts, into ?? ".", parse.GetValue(quiet), cancellationToken);
            if (parse.GetValue(format) == "json") Output.Json(json => JsonSerializer.Serialize(json, new ArtifactList(artifacts, null), HubJson.Default.ArtifactList));
            else if (parse.GetValue(quiet)) artifacts.ForEach(artifact => Console.WriteLine(MachineTexts.Plain(artifact.Path)));
            else if (artifacts.Count == 0) Console.WriteLine("Nothing is in its output folder.");
            else Output.Table(["SIZE", "WRITTEN", "ARTIFACT"], [.. artifacts.Select(artifact => new[] { ByteText.Of(artifact.Size).PadLeft(9), Output.Clock(artifact.Modified, TimeProvider.System), MachineTexts.Plain(artifact.Path) })]);
            return 0;
        }, id, path, folder, quiet, format);
    }

    private static async Task<(List<Artifact>? Artifacts, HubReply? Fault)> ListAsync(HubClient hub, string id, CancellationToken cancellationToken)
    {
        var artifacts = new List<Artifact>();
        for (string? after = null; ;)
        {
            var reply = await hub.GetAsync(JobVerb.PathOf(id, $"/artifacts?limit=1000{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}"), cancellationToken);
            if (reply.Fault is not null) return (null, reply);
            var page = reply.Read(HubJson.Default.ArtifactList);
            artifacts.AddRange(page.Artifacts);
            after = page.Next;
            if (after is null) return (artifacts, null);
        }
    }

    private static async Task<int> DownloadAsync(HubClient hub, string id, List<Artifact> artifacts, string into, bool quiet, CancellationToken cancellationToken)
    {
        var bytes = 0L;
        foreach (var artifact in artifacts)
        {
            // The names are the job's, and the hub may be anybody's: none leads out of the folder.
            if (artifact.Path.Split('/').Any(part => part is "" or "." or "..") || artifact.Path.Contains('\0', StringComparison.Ordinal)) return Output.Fail($"'{MachineTexts.Plain(artifact.Path)}' is no name of a file in a folder.");
            var (response, fault) = await hub.StreamAsync(HttpMethod.Get, JobVerb.PathOf(id, $"/artifacts/{string.Join('/', artifact.Path.Split('/').Select(Uri.EscapeDataString))}"), cancellationToken);
            if (response is null) return Asking.Fail(fault!);
            using (response)
            {
                var file = Path.Combine(into, artifact.Path);
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
                // Whole or not at all.
                await using (var part = File.Create(file + ".part"))
                {
                    await response.Content.CopyToAsync(part, cancellationToken);
                    bytes += part.Length;
                }
                File.Move(file + ".part", file, overwrite: true);
                if (!quiet) Console.WriteLine(MachineTexts.Plain(file));
            }
        }
        if (!quiet) Console.Error.WriteLine($"{Output.Count(artifacts.Count, "file")}, {ByteText.Of(bytes)}");
        return 0;
    }
}
