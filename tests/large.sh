#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A graph of more than 50,000 dependencies (analyzer/DESIGN.md, section 10, "Large graphs"), generated: each of 330 locks is held
# over all that follow it.  Only findings have whole witnesses then; that and what is left out does not depend on the threads.
. "$(dirname "$0")/lib.sh"
[ -x "$statdep" ] || { echo "$statdep is not built"; exit 2; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 2
locks=330

{
	echo '#include <linux/spinlock.h>'
	for ((i = 0; i < locks; i++)); do echo "static DEFINE_SPINLOCK(lock$i);"; done
	echo "static void with$locks(void) { }"
	for ((i = locks - 1; i >= 0; i--)); do
		echo "static void with$i(void) { spin_lock(&lock$i); with$((i + 1))(); spin_unlock(&lock$i); }"
	done
	echo 'void forward(void) { with0(); }'
	echo "void back(void) { spin_lock(&lock9); spin_lock(&lock5); spin_unlock(&lock5); spin_unlock(&lock9); }"
} >large.c
printf '[{"directory": "%s", "file": "large.c", "arguments": ["clang", "-nostdinc", "-std=gnu11", "-I%s/include", "-c", "large.c"]}]\n' \
	"$tmp" "$here" >compile_commands.json

# value QUERY: the one value that it gives
value() { "$statdep" sql large.db "$1" | sed -n '2s/ *$//p'; }
same_with_threads()
{
	local j
	for j in 1 3; do
		cp scanned.db large.db && "$statdep" check -j $j --min-rank low -o $j.txt large.db
		[ $? -le 1 ] && "$statdep" sql large.db 'SELECT * FROM v_dependency' >$j.dep || return 1
	done
	cmp 1.txt 3.txt && cmp 1.dep 3.dep
}

step "scan" "$statdep" scan -p . -o scanned.db
step "the same with one thread and three" same_with_threads
step "every dependency is listed" test "$(value 'SELECT count(*) FROM v_dependency')" = $((locks * (locks - 1) / 2 + 1))
step "the circle of two is found, and no longer one about it" \
	test "$(value "SELECT group_concat(kind || ' ' || from_class || ' ' || to_class) FROM (SELECT f.kind, a.name AS from_class, b.name AS to_class FROM v_finding f
		JOIN v_class a ON a.id = f.from_class JOIN v_class b ON b.id = f.to_class)")" = 'circular large.c:lock9 large.c:lock5'
step "the report says what is left out" grep -q 'nor were circles of more than three locks looked for' 1.txt
finish
