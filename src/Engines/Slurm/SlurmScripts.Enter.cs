using System.Globalization;
using System.Text;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;
using Holdfast.Engines.Slurm.Containers;

namespace Holdfast.Engines.Slurm;

/// <summary>The script that runs the command, on each node.</summary>
internal static partial class SlurmScripts
{
    /// <summary>What runs the command on a node: with <c>-</c> as its first argument, the words after it in the same surroundings.</summary>
    public static string Enter(SlurmFolder folder, WorkloadSpec spec, SlurmSettings settings, string? container)
    {
        var text = new StringBuilder($$"""
            umask 022
            node=${SLURMD_NODENAME:-$(hostname)} entry=
            [ "$1" != - ] || { entry=yes; shift; }
            refuse() { echo "holdfast: $2" >&2; [ -n "$entry" ] || printf '%s\n%s\n' "$1" "$2" >{{Shell.Quote(folder.Refused)}}; exit {{Refused}}; }
            {{Telling}}

            """);
        if (IsMany(spec))
        {
            // At SIGTERM srun kills its tasks, and what else it is sent reaches all processes of them: that they are to end is a file, as all else that nodes hear.
            var nodes = spec.Turn!.Nodes.ToString(CultureInfo.InvariantCulture);
            text.Append($$"""
                end={{Shell.Quote(folder.End)}}
                if [ -z "$entry$HOLDFAST_TASK" ]; then
                  tell ': >"$end"' env HOLDFAST_TASK=yes srun --nodes={{nodes}} --ntasks={{nodes}} --ntasks-per-node=1 --kill-on-bad-exit=1 ${SLURM_CPUS_PER_TASK:+--cpus-per-task=$SLURM_CPUS_PER_TASK} /bin/sh {{Shell.Quote(folder.Enter)}}
                  for left in {{Shell.Quote(folder.Path)}}/left.*; do [ ! -e "$left" ] || [ "$(cat "$left")" -le "$code" ] || code=$(cat "$left"); done
                  exit "$code"
                fi
                [ -n "$entry" ] || (trap - TERM; while sleep 1 && kill -0 $$ 2>/dev/null; do [ ! -e "$end" ] || { kill -TERM $$; exit; }; done) &
                first=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
                address=$(scontrol show node "$first" | sed -n 's/.*NodeAddr=\([^ ]*\).*/\1/p')
                export NODE_RANK="$SLURM_PROCID" NNODES="$SLURM_NTASKS" MASTER_ADDR="${address:-$first}" MASTER_PORT="$((20000 + SLURM_JOB_ID % 20000))"

                """);
        }
        // Of those that are told to end the first one's code would end the others in the middle of theirs.
        text.Append($"leave() {{ {(IsMany(spec) ? $"[ ! -e \"$end\" ] || {{ echo \"$code\" >{Shell.Quote(folder.Path)}\"/left.$node\"; code=0; }}; " : "")}exit \"$code\"; }}\n");
        text.Append($"run() {{ {(IsMany(spec) ? "tell 'kill -TERM \"$told\"' \"$@\"; leave" : "exec \"$@\"")}; }}\n");
        // Its own values, after those of Slurm: of those that both have Slurm's stay.
        var ready = $"requeue=$HOLDFAST_REQUEUE gpus=$CUDA_VISIBLE_DEVICES\n. {Shell.Quote(container is null ? folder.Environment : NodeRun.Environment)}\nexport HOLDFAST_REQUEUE=\"$requeue\"\n[ -z \"$gpus\" ] || export CUDA_VISIBLE_DEVICES=\"$gpus\"\n"
            + $"cd {Shell.Quote(spec.WorkingFolder)} || {{ echo {Shell.Quote($"The folder {spec.WorkingFolder} cannot be entered on this node.")} >&2; exit 126; }}\n"
            + "[ -e \"$1\" ] || case $1 in /*) echo \"The program $1 does not exist on this node.\" >&2; exit 127 ;; esac\n";
        text.Append($"[ -n \"$entry\" ] || set -- {Shell.Quote(spec.Argv)}\n");
        if (container is null) return text.Append($"{Compared(folder, spec)}{ready}[ -z \"$entry\" ] || exec \"$@\"\nrun \"$@\"\n").ToString();
        text.Append($$"""
            inside={{Shell.Quote($"{ready}exec \"$@\"")}}
            here=$(for name in {{Shared}}; do eval "value=\$$name"; [ -z "$value" ] || printf "export %s='%s'\n" "$name" "$value"; done; echo .)
            here=${here%.}

            """);
        return text.Append(NodeContainers.Script(new NodeRun(folder, spec, container), settings)).ToString();
    }

    /// <summary>What is the same everywhere in an image may be another thing in each node's own system.</summary>
    private static string Compared(SlurmFolder folder, WorkloadSpec spec) => spec.Turn?.Comparison is not { } command ? "" : $$"""
        if [ -z "$entry" ]; then
          differs=$({{Shell.Quote(command)}} 2>/dev/null) || differs="its packages could not be looked at: "{{Shell.Quote(string.Join(' ', command))}}" ended with code $?"
          if [ -n "$differs" ]; then
            {{(spec.Turn.MustBeSame ? "refuse environment_differs \"environment: $node differs: $differs; mend: an image, or the same packages there as on the hub's host (environment: same).\"" : "")}}
            echo "holdfast: environment: $node differs: $differs"
            printf '%s\n' "environment: $node differs: $differs" >{{Shell.Quote(folder.Path)}}"/differs.$node"
          fi
        fi

        """;

    /// <summary>The exit code of what was not run at all.</summary>
    private const int Refused = 125;

    /// <summary>What is not secret, and the command gets from Slurm or from here.</summary>
    private const string Shared = "HOLDFAST_STEP HOLDFAST_REQUEUE SLURMD_NODENAME SLURM_JOB_ID CUDA_VISIBLE_DEVICES NODE_RANK NNODES MASTER_ADDR MASTER_PORT";

    /// <summary>Runs words; at SIGTERM the first one is done. The code is in <c>$code</c>. They end with this shell.</summary>
    private const string Telling = """
        tell() {
          due=$1; shift
          ! env --default-signal true 2>/dev/null || set -- env --default-signal -- "$@"
          ! setpriv --pdeathsig KILL true 2>/dev/null || set -- setpriv --pdeathsig KILL -- "$@"
          trap 'eval "$due"' TERM
          "$@" &
          told=$!
          while :; do
            wait "$told"
            code=$?
            kill -0 "$told" 2>/dev/null || break
          done
          [ "$code" -lt 128 ] || { wait "$told" 2>/dev/null; last=$?; [ "$last" = 127 ] || code=$last; }
          trap - TERM
        }
        """;

    private static bool IsMany(WorkloadSpec spec) => spec.Turn is { Nodes: > 1 };
}
