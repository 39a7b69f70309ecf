using System.Globalization;
using Holdfast.Engines.Host;

namespace Holdfast.Engines.Slurm.Containers;

/// <summary>The node's own Podman. It tells the digest of what it has fetched.</summary>
internal sealed class PodmanContainer : INodeContainer
{
    private static readonly string[] Own = ["HOLDFAST_REQUEUE", "SLURMD_NODENAME", "CUDA_VISIBLE_DEVICES", "NODE_RANK", "NNODES", "MASTER_ADDR", "MASTER_PORT"];

    public string Name => "podman";

    public string Test => "command -v podman >/dev/null";

    public string Script(NodeRun run)
    {
        List<string> options =
        [
            "--rm", "--replace", $"--name={run.Name}", "--init", "--pull=never", "--log-driver=none", "--network=host", "--security-opt=no-new-privileges", "--cap-drop=mknod,net_raw", "--workdir=/", "--entrypoint=/bin/sh",
            .. run.Mounts.Select(mount => $"--volume={mount.Source}:{mount.Target}{(mount.IsReadOnly ? ":ro" : "")}"),
            .. Own.Select(name => $"--env={name}"),
        ];
        if (run.Spec.Resources.SharedMemory is { } shared) options.Add($"--shm-size={shared.ToString(CultureInfo.InvariantCulture)}");
        var image = Shell.Quote(run.Image);
        return $$"""
            if [ -n "$entry" ]; then [ -t 0 ] && tty=-t || tty=; exec podman exec -i $tty {{run.Name}} /bin/sh -c "$inside" sh "$@"; fi
            podman image exists {{image}} || podman pull --quiet {{image}} >/dev/null || refuse image_pull_failed {{image}}" could not be fetched on $node; mend: podman pull there says more."
            wanted={{Shell.Quote(run.Digest ?? "")}}
            found=$(podman image inspect --format '{{"{{.Id}} {{.Digest}} {{range .RepoDigests}}{{.}} {{end}}"}}' {{image}})
            case $found in *"$wanted"*) ;; *) refuse environment_differs {{image}}" has another digest on $node than $wanted: $found; mend: podman pull there." ;; esac
            [ -z "$CUDA_VISIBLE_DEVICES" ] && gpus= || gpus=--device=nvidia.com/gpu=all
            run podman run $gpus {{Shell.Quote(options)}} {{image}} -c "$inside" sh "$@"

            """;
    }
}
