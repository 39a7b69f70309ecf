using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;

namespace Holdfast.Engines.Slurm.Containers;

/// <summary>
/// Apptainer, or Singularity, which it was before. An image by its digest is what its library fetches or ends: it hashes the manifest and all that it names. Others get into it by a second container of the
/// same image with the same folders and the same <c>/tmp</c>.
/// </summary>
internal sealed class ApptainerContainer : INodeContainer
{
    public string Name => "apptainer";

    public string Test => "program=$(command -v apptainer || command -v singularity)";

    public EngineFault? Problem(WorkloadSpec spec) => ImagePlace.Problem(spec, Name) ?? ImagePlace.Unmountable(spec, Name);

    public string Script(NodeRun run)
    {
        var place = ImagePlace.Of(run.Image);
        List<string> options =
        [
            "--containall", "--no-home", "--writable-tmpfs", "--pwd", "/",
            .. run.Mounts.SelectMany(mount => (string[])["--bind", $"{mount.Source}:{mount.Target}{(mount.IsReadOnly ? ":ro" : "")}"]),
        ];
        if (run.Spec.Turn is { Gpus: > 0 }) options.Add("--nv");
        // Its own /tmp is some tens of megabytes of memory.
        return $$"""
            work=${TMPDIR:-/tmp}/{{run.Name}}
            set -- "$program" --quiet exec {{Shell.Quote(options)}} --workdir "$work" {{Shell.Quote($"docker://{place.ByDigest(run.Digest)}")}} /bin/sh -c "$here$inside" sh "$@"
            [ -z "$entry" ] || exec "$@"
            rm -rf "$work"
            mkdir -m 700 "$work" || refuse setup_failed "$work cannot be made on $node."
            tell 'kill -TERM "$told"' "$@"
            rm -rf "$work"
            leave

            """;
    }
}
