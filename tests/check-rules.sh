#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Our own rules are right, and wrong ones are refused with the line that is wrong.
. "$(dirname "$0")/lib.sh"
need_statdep
step "our rules" "$statdep" check-rules "$top"/rules/*.rules

# fixtures: NAME.rules with the messages that it must give in NAME.expect
for f in "$here"/rules/*.rules; do
	[ -e "${f%.rules}.expect" ] || continue
	name=rules/$(basename "$f")
	got=$(cd "$here/rules" && "$statdep" check-rules "$(basename "$f")" 2>&1)
	if [ "$got" = "$(cat "${f%.rules}.expect")" ]; then
		pass "$name"
	else
		fail "$name"
		diff <(cat "${f%.rules}.expect") <(echo "$got")
	fi
done
finish
