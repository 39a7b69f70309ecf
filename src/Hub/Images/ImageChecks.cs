using Holdfast.Engines.Contract;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Inside;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Images;

/// <summary>Runs a command in an image, in a workload that is gone afterwards: nothing of the hub is in it but the Python package that jobs have.</summary>
internal sealed class ImageChecks(HubImages images, HubOptions options, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>In an image for jobs where the code is.</summary>
    private const string Script = "cd /code 2>/dev/null; exec \"$@\"";

    /// <summary>How the command ended; that it failed is no fault.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="image">As people call it.</param>
    /// <param name="command">Program and arguments.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<HubResult<CheckedImage>> RunAsync(Caller caller, string image, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var found = await images.FindAsync(caller, image, cancellationToken);
        if (!found.Ok) return found.Fault;
        var engine = images.Engine!;
        var whole = await engine.PrepareAsync(found.Value.Image.Id, null, cancellationToken);
        if (!whole.Ok) return ImageFaults.Of(whole.Fault);
        var id = $"check-{Guid.NewGuid():N}"[..18];
        var folder = HubFolders.Make(Path.Combine(options.Folders.Root, "checks", id));
        var output = Path.Combine(folder, "output");
        try
        {
            var started = await engine.StartAsync(new WorkloadSpec
            {
                Id = id,
                Image = whole.Value.Reference,
                Argv = ["/bin/sh", "-c", Script, "sh", .. command],
                Environment = new Dictionary<string, string> { ["PYTHONPATH"] = Surroundings.PythonPathOf(whole.Value, Surroundings.ProgramPlace) },
                Mounts = [new(Path.Combine(options.ProgramFolder, "python"), $"{Surroundings.ProgramPlace}/python", IsReadOnly: true)],
                Scratch = folder,
                OutputFile = output,
                Labels = new Dictionary<string, string> { ["owner"] = "image-check" },
            }, cancellationToken);
            if (!started.Ok) return ImageFaults.Of(started.Fault);
            var run = await ShortRun.EndAsync(engine, id, output, Longest, time, cancellationToken);
            return run.Ok ? new CheckedImage(found.Value.Name, found.Value.Image.Digest, command, run.Value.ExitCode == 0, run.Value.ExitCode, run.Value.Output, run.Value.Took) : ImageFaults.Of(run.Fault);
        }
        finally
        {
            await engine.StopAsync(id, TimeSpan.Zero, CancellationToken.None);
            await engine.RemoveAsync(id, CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }
}
