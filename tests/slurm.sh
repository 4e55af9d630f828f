#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A scan spread over a batch system: a Slurm job array of shards, then a job that merges them, gives
# the reports of a single run.  The same with GNU parallel.
#   slurm.sh                            files of tests/cases
#   slurm.sh --kernel SRC OBJ PATH...   paths of a kernel instead, all shards in one object tree
# Controller, node and munge run on the loopback interface, with a directory and ports of their own.
# What is missing is installed where that is possible; else the test is skipped.
. "$(dirname "$0")/lib.sh"
need_statdep
statdep=$(realpath "$statdep")
tmp=$(mktemp -d)
pids=
# shellcheck disable=SC2086
end() { [ -z "$pids" ] || kill $pids 2>/dev/null; wait 2>/dev/null; rm -rf "$tmp"; }
trap end EXIT
skip() { echo "SKIP: $*"; exit 77; }
shards=4

# ---------------------------------------------------------------- what is scanned, and by one run

cd "$tmp" || exit 1
if [ "${1:-}" = --kernel ]; then
	src=$(realpath "$2") obj=$(realpath "$3")
	shift 3
	line="--kernel '$src' --objtree '$obj' $*"
else
	mkdir src
	cp "$top"/tests/cases/{circular,irq-state,recursive,dependency}/*.c src/
	(cd src && for f in *.c; do
		printf '{"directory": "%s", "file": "%s", "arguments": ["clang", "-nostdinc", "-std=gnu11", "-I%s/tests/include", "-c", "%s"]}\n' \
			"$PWD" "$f" "$top" "$f"
	done | paste -sd, | sed 's/^/[/; s/$/]/' >compile_commands.json)
	line="-p '$tmp/src'"
fi
export statdep line tmp shards
# reports DB: everything that is said of it
reports()
{
	local f
	for f in text json sarif html dot; do drawing "$statdep" check --min-rank low --format $f "$1"; done
	"$statdep" sql "$1" 'SELECT file, status, reason, functions FROM v_tu'
	"$statdep" sql "$1" 'SELECT * FROM v_dependency'
}
same() { reports "$1" >one.out 2>&1; reports "$2" >two.out 2>&1; cmp one.out two.out && [ "$(wc -l <one.out)" -gt 100 ]; }
step "a single run" sh -c "$statdep scan $line -o single.db"

# ---------------------------------------------------------------- GNU parallel: the line of the README

if command -v parallel >/dev/null; then
	export HOME=$tmp                # its own notes
	step "parallel: shards" sh -c "parallel $statdep scan $line -j 1 -o p{}.db --shard {}/$shards ::: \$(seq $shards) && $statdep merge parallel.db p?.db"
	step "parallel: the same reports" same single.db parallel.db
else
	echo "SKIP GNU parallel is not there"
fi

# ---------------------------------------------------------------- a cluster of one

if ! command -v slurmctld >/dev/null || ! command -v munged >/dev/null; then
	[ "$(id -u)" = 0 ] && timeout 120 apt-get install -y --no-install-recommends slurm-wlm munge >apt.log 2>&1 ||
		{ [ $failed = 0 ] || finish; skip "slurm-wlm and munge are missing and cannot be installed"; }
fi
port=$((20000 + $$ % 20000))
host=$(hostname -s)
mkdir state spool
head -c 128 /dev/urandom >munge.key
chmod 600 munge.key
cat >slurm.conf <<X
ClusterName=statdep
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$tmp/munge.socket
CredType=cred/munge
StateSaveLocation=$tmp/state
SlurmdSpoolDir=$tmp/spool
SlurmctldPidFile=$tmp/slurmctld.pid
SlurmdPidFile=$tmp/slurmd.pid
SlurmctldLogFile=$tmp/slurmctld.log
SlurmdLogFile=$tmp/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=defer_batch,batch_sched_delay=0,sched_min_interval=0
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
KillWait=5
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=30 State=UP
X
export SLURM_CONF=$tmp/slurm.conf
munged --foreground --force --socket="$tmp/munge.socket" --key-file="$tmp/munge.key" --pid-file="$tmp/munge.pid" \
	--log-file="$tmp/munge.log" --seed-file="$tmp/munge.seed" --num-threads=2 >munged.out 2>&1 &
pids="$pids $!"
slurmctld -D -i >slurmctld.out 2>&1 &
pids="$pids $!"
slurmd -D -N "$host" >slurmd.out 2>&1 &
pids="$pids $!"
up=
for _ in $(seq 100); do
	up=$(sinfo -h -o %t 2>/dev/null | grep -x idle) && break
	sleep 0.2
done
if [ -z "$up" ]; then
	tail -n 5 munged.out munge.log slurmctld.log slurmd.log slurmctld.out slurmd.out 2>/dev/null | sed 's/^/     | /'
	[ $failed = 0 ] || finish
	skip "Slurm does not start here"
fi

# ---------------------------------------------------------------- the job array

cat >scan.job <<'X'
#!/bin/sh
eval "'$statdep' scan $line -j 1 -o '$tmp/part$SLURM_ARRAY_TASK_ID.db' --shard $SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT"
X
cat >merge.job <<'X'
#!/bin/sh
"$statdep" merge "$tmp/merged.db" "$tmp"/part?.db
X
array()
{
	local id
	id=$(sbatch --parsable --array=1-$shards -o "$tmp/scan-%a.log" scan.job) || return 1
	timeout 300 sbatch --wait --dependency="afterok:$id" --kill-on-invalid-dep=yes -o "$tmp/merge.log" merge.job && return 0
	squeue; cat "$tmp"/scan-*.log "$tmp/merge.log"
	return 1
}
step "an array of $shards shards, and a merge after it" array
step "each job scanned its part" test "$(cat scan-?.log | grep -c '^scan: .* 0 unchanged, 0 failed')" = $shards
step "the same reports" same single.db merged.db
step "the merged database has nothing to parse" sh -c "$statdep scan $line -o merged.db 2>&1 | grep -q ' 0 parsed'"
step "the same reports after that" same single.db merged.db
finish
