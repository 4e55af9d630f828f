#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Reports in logs: what is read out of each fixture in match/ (NAME.log, NAME.expect), and what is not a report.
. "$(dirname "$0")/lib.sh"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# a database without any code: every chain is read, none is found
mkdir "$tmp/src"
echo 'int nothing;' >"$tmp/src/empty.c"
printf '[{"directory": "%s", "file": "empty.c", "arguments": ["clang", "-c", "empty.c"]}]\n' "$tmp/src" >"$tmp/src/compile_commands.json"
step "an empty database" "$statdep" scan -p "$tmp/src" -o "$tmp/empty.db"
for f in "$here"/match/*.log; do
	[ -e "$f" ] || continue
	name=match/$(basename "$f")
	got=$("$statdep" match "$f" "$tmp/empty.db" 2>&1; echo "exit $?")
	if [ -e "${f%.log}.expect" ]; then
		if [ "$got" = "$(cat "${f%.log}.expect")" ]; then
			pass "$name"
		else
			fail "$name"
			diff "${f%.log}.expect" <(echo "$got")
		fi
	else
		step "$name is read" test "$(echo "$got" | tail -n 1)" = "exit 1"
	fi
done
finish
