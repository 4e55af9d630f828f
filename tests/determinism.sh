#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The same input gives the same bytes: with one worker or two, scanned twice, with paths in any order,
# after an interrupted scan, and with every format.
. "$(dirname "$0")/lib.sh"
need_statdep
[ -e /usr/src/linux-source-6.1.tar.xz ] || { echo "linux-source-6.1 is not installed"; exit 77; }
trees=$("$here/kernel.sh" 6.1) || exit 1
{ read -r src; read -r obj; } <<<"$trees"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

scan() { local db=$1; shift; "$statdep" scan --kernel "$src" --objtree "$obj" -o "$db" "$@"; }
dump()
{
	local format
	for format in text json sarif html dot; do
		drawing "$statdep" check "$1" --format "$format" -o "$2.$format"
		[ $? -le 1 ] || return 1
	done
	"$statdep" locks "$1" >"$2.locks" &&
		"$statdep" sql "$1" 'SELECT file, status, reason, functions FROM v_tu' >"$2.tu" &&
		"$statdep" sql "$1" 'SELECT * FROM v_dependency' >"$2.dep" &&
		"$statdep" sql "$1" 'SELECT * FROM v_acquire' >"$2.acquire" &&
		"$statdep" sql "$1" 'SELECT * FROM v_witness' >"$2.witness"
}
same()
{
	local e
	for e in text json sarif html dot locks tu dep acquire witness; do
		cmp "$tmp/$1.$e" "$tmp/$2.$e" || return 1
	done
}

step "scan -j1" scan "$tmp/one.db" -j 1 sound/core fs/fcntl.c
step "scan -j2, paths in another order" scan "$tmp/two.db" -j 2 fs/fcntl.c sound/core
step "reports of the first" dump "$tmp/one.db" "$tmp/one"
step "reports of the second" dump "$tmp/two.db" "$tmp/two"
step "they are the same" same one two
step "scan again over the first" scan "$tmp/one.db" -j 2 sound/core fs/fcntl.c
step "reports again" dump "$tmp/one.db" "$tmp/again"
step "they are the same" same one again

# a scan that is killed leaves a database that the next one completes
"$statdep" scan --kernel "$src" --objtree "$obj" -o "$tmp/killed.db" -j 2 sound/core fs/fcntl.c >/dev/null 2>&1 &
pid=$!
for _ in $(seq 100); do
	[ "$("$statdep" sql "$tmp/killed.db" 'SELECT count(*) > 3 FROM v_tu' 2>/dev/null | sed -n '2s/ *$//p')" = 1 ] && break
	sleep 0.1
done
kill -KILL $pid
wait $pid 2>/dev/null
step "a killed scan leaves a part" test "$("$statdep" sql "$tmp/killed.db" 'SELECT count(*) < 30 FROM v_tu' | sed -n '2s/ *$//p')" = 1
step "scan after a killed one" scan "$tmp/killed.db" -j 2 sound/core fs/fcntl.c
step "its reports" dump "$tmp/killed.db" "$tmp/killed"
step "they are the same" same one killed
finish
