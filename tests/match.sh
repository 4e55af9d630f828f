#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every log in match/ through the program itself, against a database without any code: its reports are
# read (exit 1: the chain is not there), or there is none (exit 2).  What exactly is read is unit/splat's.
. "$(dirname "$0")/lib.sh"
need_statdep
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

mkdir "$tmp/src"
echo 'int nothing;' >"$tmp/src/empty.c"
printf '[{"directory": "%s", "file": "empty.c", "arguments": ["clang", "-c", "empty.c"]}]\n' "$tmp/src" >"$tmp/src/compile_commands.json"
step "an empty database" "$statdep" scan -p "$tmp/src" -o "$tmp/empty.db"
for f in "$here"/match/*.log; do
	want=1
	grep -qsx 'exit 2' "${f%.log}.expect" && want=2
	step "match/$(basename "$f")" exits $want "$statdep" match "$f" "$tmp/empty.db"
done
finish
