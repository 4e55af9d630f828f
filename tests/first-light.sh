#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The first job: is the inversion of the first report in Debian's 6.1?  Installs what is missing,
# builds, scans sound/core and fs/fcntl.c, and shows that it is not (two fixes see to that), that it
# is when they are undone in a scratch copy, and that it is not with lockdep's old idea of read_lock().
#
#   first-light.sh [--no-install] [REPORT]
#
# REPORT: a log with the lockdep report; by default the one beside the clone, or the fixture in match/.
. "$(dirname "$0")/lib.sh"
set -e
install=1
[ "${1:-}" != --no-install ] || { install=; shift; }
report=${1:-$top/../shared/seed/syzkaller-bisection.txt}
[ -e "$report" ] || report=$here/match/first-light.log
out=$top/build/first-light
mkdir -p "$out"

if [ -n "$install" ]; then
	"$here/install.sh"
	if [ -z "${STATDEP:-}" ]; then
		(cd "$top" && cmake --preset release && cmake --build --preset release) >"$out/build.log" 2>&1 ||
			{ tail -n 30 "$out/build.log"; echo "FAIL build"; exit 1; }
		pass "build"
	fi
fi
if [ -n "${CI:-}" ] || [ -z "$install" ]; then
	[ -e /usr/src/linux-source-6.1.tar.xz ] || { echo "linux-source-6.1 is not installed"; exit 77; }
fi
trees=$("$here/kernel.sh" 6.1)
{ read -r src; read -r obj; } <<<"$trees"
copy=$STATDEP_WORK/linux-source-6.1-undone
"$here/undo-fixes.sh" "$src" "$copy"
"$here/kernel.sh" --objtree "$copy" "$STATDEP_WORK/obj-6.1-undone"
set +e

need_statdep
rm -f "$out"/*.txt "$out"/*.svg
orig=$out/original.db
undone=$out/undone.db
paths='sound/core fs/fcntl.c'

# The inversion from the timer's lock to the owner's, and its id, as the database has it.  The owner's lock is
# initialised in a file that is not scanned here: it may go by its path instead of lockdep's name.
sql="SELECT f.id FROM v_finding f JOIN v_class a ON a.id = f.from_class JOIN v_class b ON b.id = f.to_class
	WHERE f.kind = 'irq-inversion' AND f.rank = 'high' AND a.lockdep_name = '&timer->lock'
	AND '&f->f_owner.lock' IN (b.lockdep_name, '&f->' || substr(b.name, 6)) AND f.title LIKE 'HARDIRQ%'"
inversion() { local out; out=$("$statdep" sql "$1" "$sql") || return 1; echo "$out" | sed -n '2s/ *$//p'; }
none() { local id; id=$(inversion "$1") && [ -z "$id" ] || { echo "finding $id"; return 1; }; }
# reported FILE: a complete text report that has the inversion
reported() { grep -q '^analysed' "$1" && grep -q '&timer->lock --> &new->fa_lock --> .*f_owner\.lock' "$1"; }
not_reported() { grep -q '^analysed' "$1" && ! grep '&timer->lock --.*f_owner\.lock' "$1"; }

# shellcheck disable=SC2086
step "scan of the original: $paths" "$statdep" scan --kernel "$src" --objtree "$obj" -o "$orig" $paths
"$statdep" match "$report" "$orig" >"$out/match-original.txt" 2>&1
step "match: the reported chain is not in the original" exits 1 "$statdep" match "$report" "$orig"
sed 's/^/     | /' "$out/match-original.txt" | head -n 40

# shellcheck disable=SC2086
step "scan of the copy without the two fixes" "$statdep" scan --kernel "$copy" --objtree "$STATDEP_WORK/obj-6.1-undone" -o "$undone" $paths
step "check finds something in it" exits 1 "$statdep" check "$undone" -o "$out/undone.txt"
id=$(inversion "$undone")
step "the inversion is there, rank high" test -n "$id"
step "its report names the chain" reported "$out/undone.txt"
step "match: the reported chain is in the copy" exits 0 "$statdep" match "$report" "$undone"
step "picture of the chain: $out/first-light.svg" drawing "$statdep" graph "$undone" --finding "${id:-999999}" -T svg -o "$out/first-light.svg"
step "the picture names the three locks" sh -c "grep -q 'timer.*lock' '$out/first-light.svg' && grep -q fa_lock '$out/first-light.svg' && grep -q 'f_owner.lock' '$out/first-light.svg'"

"$statdep" check "$orig" -o "$out/original.txt" >/dev/null 2>&1
step "check: no such inversion in the original" none "$orig"
"$statdep" check --read-lock=recursive "$undone" -o "$out/undone-recursive.txt" >/dev/null 2>&1
step "check --read-lock=recursive: not in the copy either" not_reported "$out/undone-recursive.txt"
"$statdep" check "$undone" -o "$out/undone.txt" >/dev/null 2>&1	# leave the usual results in the database
finish
