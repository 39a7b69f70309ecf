#!/usr/bin/env bash
# What a submission and a look at the queue cost at many jobs, with a real slurmctld of this run's own: ./bench/Slurm/measure.sh [JOBS], as root; needs slurm-wlm and munge.
# The look is the hub's own question; its peer, in the same run, is Slurm's own JSON.
set -euo pipefail
jobs=${1:-10000}
folder=$(mktemp -d /var/tmp/hf-bench-slurm-XXXX)
chmod 755 "$folder"
cd "$folder"
mkdir -p state log munge spool/node1
host=$(hostname)
port=$((20000 + RANDOM % 8000))
head -c 128 /dev/urandom >munge/key
chmod 400 munge/key
chown -R munge: munge
cat >slurm.conf <<CONF
ClusterName=bench
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$folder/munge/munge.sock
SlurmctldPort=$port
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
MaxJobCount=$((jobs * 2 + 1000))
ReturnToService=2
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SlurmdParameters=config_overrides
NodeName=node1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=4 RealMemory=2000 State=UNKNOWN
PartitionName=lab Nodes=node1 Default=YES MaxTime=1-00:00:00 DefaultTime=10 State=UP
DefMemPerCPU=100
CONF
export SLURM_CONF=$folder/slurm.conf
pids=()
end() { kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"; }
trap end EXIT
setpriv --reuid=munge --regid=munge --clear-groups munged --foreground --force --key-file="$folder/munge/key" --socket="$folder/munge/munge.sock" --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" >/dev/null 2>&1 &
pids+=($!)
until [ -S munge/munge.sock ]; do sleep 0.1; done
slurmctld -D -f slurm.conf >/dev/null 2>&1 & controller=$!
pids+=("$controller")
slurmd -D -f slurm.conf -N node1 >/dev/null 2>&1 & pids+=($!)
until sinfo --noheader 2>/dev/null | grep -q idle; do sleep 0.2; done

printf '#!/bin/sh\nexec /bin/sh /var/tmp/nowhere/watch.sh 0123456789abcdef\n' >script.sh
format=JobID:16,RestartCnt:8,State:20,Reason:48,StartTime:24,PriorityLong:16,Name:72,NodeList:256
now() { date +%s%N; }
ms() { awk -v from="$1" -v to="$2" -v count="$3" 'BEGIN { printf "%.2f", (to - from) / 1e6 / count }'; }
cpu() { awk '{ print ($14 + $15) * 10 }' "/proc/$controller/stat"; }
# look NAME COMMAND...: the mean of five.
look() {
  local name=$1 from to used; shift
  "$@" >out.txt
  used=$(cpu) from=$(now)
  for _ in 1 2 3 4 5; do "$@" >out.txt; done
  to=$(now)
  printf '| %s | %s ms | %s ms | %s kB |\n' "$name" "$(ms "$from" "$to" 5)" "$((($(cpu) - used) / 5))" "$(($(stat -c %s out.txt) / 1000))"
}
submit() { seq "$1" | xargs -P "$2" -I{} sbatch --parsable --hold --output=/dev/null --export=ALL --requeue --nice=500 --job-name="j{}-1.abcdef" script.sh >/dev/null; }

echo "$(nproc) processors, $(slurmctld -V), $(date -u +%Y-%m-%d)"
for count in 1 $((jobs / 10)) "$jobs"; do
  have=$(squeue --me --noheader --format=%i | wc -l)
  used=$(cpu) from=$(now)
  submit $((count - have)) 2
  to=$(now)
  echo
  echo "At $count held jobs: $(ms "$from" "$to" $((count - have))) ms a submission, two at a time; of that the controller $(awk -v ms=$(($(cpu) - used)) -v count=$((count - have)) 'BEGIN { printf "%.2f", ms / count }') ms"
  echo "| the queue | time | of that the controller | answer |"
  echo "| --- | --- | --- | --- |"
  look "as the hub asks" squeue --me --states=all --noheader --Format="$format"
  look "squeue --json" squeue --json
  look "one job (scontrol show job)" scontrol show job 1 --oneliner
done
grep VmRSS "/proc/$controller/status" | awk '{ printf "\nslurmctld holds %d MB.\n", $2 / 1000 }'
