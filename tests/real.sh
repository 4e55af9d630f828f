#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Real source: every TU of sound/core and fs/fcntl.c is read, and nearly every lock in them is known.
. "$(dirname "$0")/lib.sh"
need_statdep
[ -e /usr/src/linux-source-6.1.tar.xz ] || { echo "linux-source-6.1 is not installed"; exit 77; }
trees=$("$here/kernel.sh" 6.1) || exit 1
{ read -r src; read -r obj; } <<<"$trees"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
db=$tmp/real.db
value() { "$statdep" sql "$db" "$1" | sed -n '2s/ *$//p'; }
zero() { local v; v=$(value "$1"); [ "$v" = 0 ] || { echo "$v rows: $1"; "$statdep" sql "$db" "${2:-$1}" | head; return 1; }; }

step "scan" "$statdep" scan --kernel "$src" --objtree "$obj" -o "$db" sound/core fs/fcntl.c
"$statdep" check "$db" -o "$tmp/report.txt"
step "check ran" test $? -le 1
step "no TU failed" zero "SELECT count(*) FROM v_tu WHERE status = 'failed'" "SELECT file, reason FROM v_tu WHERE status = 'failed'"
step "there are TUs" test "$(value "SELECT count(*) FROM v_tu WHERE status = 'ok'")" -gt 10
known=$(value "SELECT count(*) FROM v_acquire a JOIN v_class c ON c.id = a.class WHERE (c.lockdep_name <> '' OR c.name LIKE '%:%' OR c.name LIKE '%.%')")
all=$(value "SELECT count(*) FROM v_acquire")
step "at least 98 % of the acquisitions have a named class ($known of $all)" test $((known * 100)) -ge $((all * 98))
step "the report says what was analysed" grep -qi 'analysed' "$tmp/report.txt"
step "no path of this machine is in the report" sh -c "! grep -q '$src' '$tmp/report.txt'"
finish
