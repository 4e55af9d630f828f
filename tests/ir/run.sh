#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh DUMP_IR [-u] [NAME...]: each NAME.c beside NAME.ir; -u writes NAME.ir anew: read the diff.
dump=$(realpath "$1") || exit 2
shift
update=
[ "$1" = -u ] && { update=1; shift; }
cd "$(dirname "$0")" || exit 2
[ $# -gt 0 ] || set -- $(ls *.c | grep -v '^dump_ir' | sed 's/\.c$//')
fail=0
for t; do
	if [ -n "$update" ]; then
		"$dump" "$t.c" -std=gnu11 >"$t.ir"
	elif ! "$dump" "$t.c" -std=gnu11 | diff -u "$t.ir" -; then
		echo "FAIL $t"
		fail=1
	fi
done
exit $fail
