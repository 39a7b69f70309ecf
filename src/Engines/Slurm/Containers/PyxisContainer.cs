using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;

namespace Holdfast.Engines.Slurm.Containers;

/// <summary>
/// pyxis: options of <c>srun</c> by which enroot fetches and unpacks an image. enroot asks the registry for the digest, and hashes all that the manifest names, but not the manifest: that is done here.
/// Others get into it by a second container of the same image with the same folders.
/// </summary>
internal sealed class PyxisContainer : INodeContainer
{
    public string Name => "pyxis";

    public string Test => "srun --help 2>/dev/null | grep -q -e --container-image";

    public EngineFault? Problem(WorkloadSpec spec) => ImagePlace.Problem(spec, Name) ?? ImagePlace.Unmountable(spec, Name);

    public string Script(NodeRun run)
    {
        var place = ImagePlace.Of(run.Image);
        // A digest in the place of a tag is what all versions of enroot take, and send to the registry as it is; what Docker writes, NAME@DIGEST, only those from 4.
        var reference = run.Digest ?? place.Tag ?? "latest";
        List<string> options =
        [
            $"--container-image={(place.Registry is { } registry ? $"{registry}#" : "")}{place.Whole}:{reference}",
            $"--container-mounts={string.Join(',', run.Mounts.Select(mount => $"{mount.Source}:{mount.Target}{(mount.IsReadOnly ? ":ro" : "")}"))}",
            "--container-workdir=/",
        ];
        return $$"""
            {{(run.Digest is null ? "" : Checked(place, run))}}
            help=$(srun --help 2>/dev/null) job=$SLURM_JOB_ID cpus=${SLURM_CPUS_PER_TASK:+--cpus-per-task=$SLURM_CPUS_PER_TASK} more=
            for option in --no-container-mount-home --container-remap-root --no-container-entrypoint --container-writable; do case $help in *" $option"*) more="$more $option" ;; esac; done
            {{(run.Spec.Turn is { Gpus: > 0 } ? "export NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility" : "")}}
            # What a step has been told of its job is no wish of a step below it.
            unset $(env | sed -n 's/^\(SLURM_[A-Z0-9_]*\)=.*/\1/p' | grep -v -x -e SLURM_CONF -e SLURM_EXPORT_ENV)
            [ -n "$entry" ] && [ -t 0 ] && pty=--pty || pty=
            set -- srun $pty --overlap --jobid="$job" --nodes=1 --ntasks=1 --nodelist="$node" $cpus {{Shell.Quote(options)}} $more /bin/sh -c "$here$inside" sh "$@"
            [ -z "$entry" ] || exec "$@"
            # srun kills its task at SIGTERM. It is this node's, and so it is told directly; one that is still being fetched has nobody to tell.
            export HOLDFAST_RUN={{run.Name}}.$$
            task() {
              for file in $(grep -lsz "^HOLDFAST_RUN=$HOLDFAST_RUN\$" /proc/[0-9]*/environ); do
                own=$(cat "${file%environ}stat" 2>/dev/null) || continue
                set -- ${own##*) }
                ! grep -qs '^slurmstepd' "/proc/$2/comm" || basename "${file%/environ}"
              done
            }
            tell 'found=$(task); kill -TERM ${found:-"$told"}' "$@"
            leave

            """;
    }

    /// <summary>The manifest of the digest as the registry gives it out is hashed. Keys are enroot's own, and go over TLS alone; a registry without TLS is read without.</summary>
    private static string Checked(ImagePlace place, NodeRun run) => $$"""
        if [ -z "$entry" ]; then
          dir=$(mktemp -d) keys=${ENROOT_CONFIG_PATH:-$HOME/.config/enroot}/.credentials
          [ -e "$keys" ] || keys=/dev/null
          wanted={{Shell.Quote(run.Digest!)}} url={{Shell.Quote($"{place.Registry ?? "registry-1.docker.io"}/v2/{place.Whole}/manifests/{run.Digest}")}}
          get() { curl -sSL --connect-timeout 20 -o "$dir/manifest" -D "$dir/head" -w '%{http_code}' -H 'Accept: application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json' "$@" 2>"$dir/error"; }
          said=$(get --netrc-file "$keys" "https://$url")
          if [ "$said" = 401 ]; then
            asked=$(grep -i '^www-authenticate: *bearer' "$dir/head" | tr -d '\r')
            field() { printf '%s' "$asked" | sed -n "s/.*$1=\"\([^\"]*\)\".*/\1/p"; }
            curl -sSL -G --proto =https --netrc-file "$keys" --data-urlencode "service=$(field service)" --data-urlencode "scope=$(field scope)" "$(field realm)" 2>/dev/null | tr ',{}' '\n' | sed -n 's/.*"\(access_\)*token": *"\([^"]*\)".*/Authorization: Bearer \2/p' | head -n 1 >"$dir/token"
            said=$(get -H "@$dir/token" "https://$url")
          elif [ "$said" = 000 ]; then said=$(get "http://$url"); fi
          found=sha256:$(sha256sum <"$dir/manifest" 2>/dev/null | cut -d ' ' -f 1) error=$(cat "$dir/error")
          rm -rf "$dir"
          [ "$said" = 200 ] || refuse image_pull_failed {{Shell.Quote(run.Image)}}" could not be looked up on $node to check its digest: its registry says ${said#000}$error; mend: curl there, and the registry's key in ~/.config/enroot/.credentials."
          [ "$found" = "$wanted" ] || refuse environment_differs {{Shell.Quote(run.Image)}}" has another digest in its registry, as $node sees it, than $wanted: $found."
        fi
        """;
}
