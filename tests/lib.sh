# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by the scripts here: finds the program, counts steps.
set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/.." && pwd)
export STATDEP_WORK=${STATDEP_WORK:-$top/build/kernel}
statdep=${STATDEP:-$top/build/release/analyzer/statdep}
failed=0

pass() { echo "PASS $*"; }
fail() { echo "FAIL $*"; failed=$((failed + 1)); }

# step TEXT COMMAND...: PASS when the command succeeds; else FAIL and the end of what it printed.
step()
{
	local text=$1 log
	shift
	log=$(mktemp)
	if "$@" >"$log" 2>&1 </dev/null; then
		pass "$text"
	else
		fail "$text"
		tail -n 20 "$log" | sed 's/^/     | /'
	fi
	rm -f "$log"
}

# exits CODE COMMAND...: succeeds when the command exits so; keeps the command's output.
exits()
{
	local want=$1 got
	shift
	"$@"
	got=$?
	[ "$got" = "$want" ] || { echo "exit $got, expected $want: $*"; return 1; }
}

# drawing COMMAND...: under the sanitizers only whole stacks tell the drawing library's leaks (lsan.supp) from ours.
drawing() { ASAN_OPTIONS="${ASAN_OPTIONS:-}:fast_unwind_on_malloc=0" "$@"; }

need_statdep()
{
	[ -x "$statdep" ] || { echo "$statdep: not built; cmake --preset release && cmake --build --preset release" >&2; exit 1; }
}

finish() { exit $((failed != 0)); }
