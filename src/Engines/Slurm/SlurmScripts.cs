using System.Globalization;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;

namespace Holdfast.Engines.Slurm;

/// <summary>The scripts that make a Slurm job a workload. They lie in its scratch folder, which nodes share with the hub; Slurm itself gets one line, without a secret.</summary>
internal static partial class SlurmScripts
{
    /// <summary>Seconds after which a step that can no longer say that it lives ends its command; twice as long its successor waits for that.</summary>
    public const int Lease = 10;

    /// <summary>What is submitted: it is kept by Slurm, and can be read by others.</summary>
    public static string Submitted(SlurmFolder folder, string ticket) => $"#!/bin/sh\nexec /bin/sh {Shell.Quote(folder.Watch)} {ticket}\n";

    /// <summary>
    /// What a step does: takes the token, waits until an earlier one has ended or must have, runs the command, and writes down how it ended. It never runs beside another one: before the command
    /// begins it has written that it lives (<c>beat</c>), and then looked whether the token is still its own; a successor takes the token first, and then looks who lives.
    /// </summary>
    public static string Watch(SlurmFolder folder, WorkloadSpec spec, string? container) => $$"""
        ticket=$1 number=${SLURM_RESTART_COUNT:-0} me=$(cat /proc/sys/kernel/random/uuid) lease={{Lease.ToString(CultureInfo.InvariantCulture)}} node=${SLURMD_NODENAME:-$(hostname)}
        umask 077
        cd {{Shell.Quote(folder.Path)}} || exit 1
        # 1. Whether it is wanted: not one that was given up, nor one that has ended already.
        [ "$(cat ticket 2>/dev/null)" = "$ticket" ] || exit 0
        [ ! -e exit ] || exit 0
        exec </dev/null >>{{Shell.Quote(spec.OutputFile)}} 2>&1
        put() { printf '%s\n' "$2" >"new.$me.$1" && mv "new.$me.$1" "$1"; }
        is_mine() { [ "$(cat token 2>/dev/null)" = "$me" ]; }
        age() { : >"new.$me.now"; echo $(($(stat -c %Y "new.$me.now") - $(stat -c %Y "$1" 2>/dev/null || echo 0))); }

        # 2. Its turn, and the end of whoever had it.
        put token "$me"
        put "beat.$me" -
        for other in beat.*; do
          [ "$other" != "beat.$me" ] || continue
          echo "holdfast: begun again on $node, the $(($number + 1)). time; an earlier one may still run."
          while [ -e "$other" ] && [ "$(age "$other")" -lt $((2 * lease)) ]; do sleep 1; is_mine || exit 0; done
          if [ -e "$other" ]; then rm -f "$other"; echo "holdfast: the earlier one has not been heard of for $((2 * lease)) s: its node is gone."
          else echo "holdfast: the earlier one has ended."; fi
        done
        is_mine || { rm -f "beat.$me"; exit 0; }
        {{(spec.Turn is { IsSession: true } ? """export HOLDFAST_NODE_ADDRESS="$(scontrol show node "$node" 2>/dev/null | sed -n 's/.*NodeAddr=\([^ ]*\).*/\1/p')" """ : "")}}
        rm -f told refused end left.*
        put began "$number $node $HOLDFAST_NODE_ADDRESS"

        # 3. The command, in a session of its own. It ends with this script, and all that it has started: that has a variable of its own.
        export HOLDFAST_REQUEUE="$number" SLURM_EXPORT_ENV=ALL
        set -- /bin/sh {{Shell.Quote(folder.Enter)}}
        ! env --default-signal true 2>/dev/null || set -- env --default-signal -- "$@"
        ! setpriv --pdeathsig KILL true 2>/dev/null || set -- setpriv --pdeathsig KILL -- "$@"
        umask 022
        {{(container is null ? "" : $"podman rm --force --time=0 {container} >/dev/null 2>&1")}}
        setsid env HOLDFAST_STEP="$me" "$@" &
        child=$! main=$$
        umask 077
        # What a shell says of its children's ends is not the command's.
        exec 3>&1 >/dev/null 2>&1
        trap '[ -e stop ] || { : >told; echo "holdfast: Slurm ends it: its limit of time is near, or its node is wanted." >&3; kill -TERM "$child" 2>/dev/null; }' TERM
        end() { {{(container is null ? "" : $"podman kill {container}; ")}}pkill -KILL -s "$child" || kill -KILL -- "-$child"; kill -KILL "$child"; sweep; }
        sweep() { kill -KILL $(grep -lsz "^HOLDFAST_STEP=$me\$" /proc/[0-9]*/environ | sed 's|/proc/\([0-9]*\)/environ|\1|'); }

        # 4. Beside it: it says that it lives, looks whether it is still wanted, and hears that it is to end.
        (
          trap '' TERM
          heard=$(date +%s) due=
          while sleep 1; do
            kill -0 "$main" 2>/dev/null || { end; exit; }
            now=$(date +%s)
            if touch "beat.$me" 2>/dev/null && token=$(cat token 2>/dev/null); then
              heard=$now
              [ "$token" = "$me" ] || { echo "holdfast: it was begun again elsewhere; this one on $node ends." >&3; end; exit; }
            elif [ $((now - heard)) -ge "$lease" ]; then end; exit; fi
            if [ -z "$due" ] && [ -e stop ]; then due=$((now + $(cat stop))); kill -TERM "$child" 2>/dev/null; fi
            if [ -n "$due" ] && [ "$now" -ge "$due" ]; then end; fi
          done
        ) &
        minder=$!
        while :; do
          wait "$child"
          code=$?
          kill -0 "$child" 2>/dev/null || break
        done
        # Where a signal came with the very end, the code is still to be asked for.
        [ "$code" != 143 ] || { wait "$child"; last=$?; [ "$last" = 127 ] || code=$last; }
        kill -KILL "$minder" 2>/dev/null
        pkill -KILL -s "$child"
        sweep

        # 5. How it ended, unless another one has taken its place.
        if is_mine; then
          if [ -e told ]; then put exit "$code told"; else put exit "$code own"; fi
        fi
        mv "beat.$me" "gone.$me"
        exit 0

        """;
}
