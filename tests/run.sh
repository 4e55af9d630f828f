#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Everything: installs what is missing, builds with sanitizers and without, runs every test.
# The last line says how many passed and failed.
#
#   run.sh [PRESET]      debug by default; ci makes warnings errors
set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/.." && pwd)
preset=${1:-debug}
build=$top/build/$preset

die() { echo "run.sh: $*" >&2; echo "0 passed, 1 failed"; exit 1; }

"$here/install.sh" || die "packages are missing"
cd "$top" || exit 1
for p in "$preset" release; do
	cmake --preset "$p" >"/tmp/statdep-build.$$" 2>&1 && cmake --build --preset "$p" >>"/tmp/statdep-build.$$" 2>&1 || {
		tail -n 50 "/tmp/statdep-build.$$"
		rm -f "/tmp/statdep-build.$$"
		die "the $p build failed"
	}
	rm -f "/tmp/statdep-build.$$"
done

# The kernel tests run the release build, the others the sanitized one.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
ctest --test-dir "$build" --output-on-failure -j2 </dev/null 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
passed=$(grep -c ' Passed ' "$log")
failed=$(grep -cE '\*\*\*(Failed|Timeout|Exception|Not Run)' "$log")
skipped=$(grep -c '\*\*\*Skipped' "$log")
[ "$skipped" -eq 0 ] || echo "$skipped skipped"
[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
