#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Wrong input gives one clear line and the exit code for it (2), never a crash, never silence.
. "$(dirname "$0")/lib.sh"
need_statdep
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1

# says CODE WORDS COMMAND...: exits so, with one line on stderr that has the words
says()
{
	local code=$1 words=$2 lines
	shift 2
	exits "$code" "$@" >"$tmp/out" 2>"$tmp/err" || { cat "$tmp/out" "$tmp/err"; return 1; }
	lines=$(wc -l <"$tmp/err")
	[ "$lines" -eq 1 ] || { echo "$lines lines on stderr, not one:"; cat "$tmp/err"; return 1; }
	grep -qi -- "$words" "$tmp/err" || { echo "no \"$words\" in:"; cat "$tmp/err"; return 1; }
}
json() { printf '[{"directory": "%s", "file": "%s", "arguments": ["clang", "-c", "%s"]}]\n' "$tmp" "$1" "$1"; }

cat >good.c <<'C'
int f(int x);
int f(int x) { return x; }
C
mkdir good broken
(cd good && cp ../good.c . && printf '[{"directory": "%s/good", "file": "good.c", "arguments": ["clang", "-c", "good.c"]}]\n' "$tmp" >compile_commands.json)
step "a good scan first" "$statdep" scan -p good -o good.db
step "and a check of it" exits 0 "$statdep" check good.db

step "no command" exits 2 "$statdep"
step "unknown command" says 2 'frobnicate' "$statdep" frobnicate
step "unknown option" exits 2 "$statdep" check --no-such-option good.db
step "--help" exits 0 "$statdep" --help
step "--version" exits 0 "$statdep" --version
step "database is missing" says 2 'none.db' "$statdep" check none.db
step "check makes no database" test ! -e none.db
head -c 3000 good.db >short.db
step "database is truncated" says 2 'short.db' "$statdep" check short.db
head -c 4096 /dev/urandom >noise.db
step "database is noise" says 2 'noise.db' "$statdep" check noise.db
: >empty.db
step "database is an empty file" says 2 'empty.db' "$statdep" check empty.db
step "database is a directory" says 2 'good' "$statdep" check good

# The disk is full: one line, and the database that was begun, or had something in it, is gone on with when there is room again.
little_room() { (trap '' XFSZ; ulimit -f "$1"; shift; exec "$@"); }
cp good.db more.db
printf 'int g(int x);\nint g(int x) { return x; }\n' >good/more.c
(c=; cd good && printf '[%s]' "$(for f in good.c more.c; do printf '%s{"directory": "%s/good", "file": "%s", "arguments": ["clang", "-c", "%s"]}' "$c" "$tmp" $f $f; c=,; done)" >compile_commands.json)
step "no room for a new database" says 2 'full.db: cannot be written' little_room 64 "$statdep" scan -p good -o full.db
step "it is completed with room" exits 0 "$statdep" scan -p good -o full.db
step "and checked" exits 0 "$statdep" check full.db
step "no room in a database with facts" says 2 'more.db: cannot be' little_room 8 "$statdep" scan -p good -o more.db
step "nothing of it is lost" sh -c '[ "$("$1" sql "$2" "SELECT file FROM v_tu" | grep -c good.c)" = 1 ]' - "$statdep" more.db
step "and it is completed, too" sh -c '"$1" scan -p good -o more.db && "$1" sql more.db "SELECT file FROM v_tu" | grep -q more.c' - "$statdep"
step "no room for a report" says 2 'cannot be written' "$statdep" check good.db --format json -o /dev/full
step "no room behind a pipe" says 2 'cannot be written' sh -c '"$1" check --format json good.db >/dev/full' - "$statdep"

echo '[{"directory": "x", "file"' >broken/compile_commands.json
step "compile_commands.json is broken" says 2 'compile_commands.json' "$statdep" scan -p broken -o b.db
step "compile_commands.json is missing" exits 2 "$statdep" scan -p "$tmp/nothing-here" -o b.db
step "source tree is missing" says 2 'nowhere' "$statdep" scan --kernel "$tmp/nowhere" -o b.db sound/core
step "source tree is no kernel" exits 2 "$statdep" scan --kernel "$tmp/good" -o b.db sound/core
if [ "$(id -u)" != 0 ]; then            # nothing is shut for root
	mkdir -p k/scripts shut locked
	: >k/scripts/Makefile.build
	chmod 000 shut
	chmod 555 locked
	step "object tree cannot be read" says 2 'shut: cannot be read' "$statdep" scan --kernel k --objtree shut -o b.db
	step "object tree cannot be written" says 2 'locked: cannot be configured' "$statdep" scan --kernel k --objtree locked -o b.db
fi

# a TU that does not parse is a row and a line in the report; the others are analysed
mkdir half
cp good.c half/
echo 'int broken( { this is no C' >half/bad.c
printf '[{"directory": "%s/half", "file": "good.c", "arguments": ["clang", "-c", "good.c"]}, {"directory": "%s/half", "file": "bad.c", "arguments": ["clang", "-c", "bad.c"]}, {"directory": "%s/half", "file": "gone.c", "arguments": ["clang", "-c", "gone.c"]}]\n' \
	"$tmp" "$tmp" "$tmp" >half/compile_commands.json
"$statdep" scan -p half -o half.db >half.log 2>&1
step "a scan with failing TUs goes on" test -e half.db
step "what failed is in the database" sh -c "'$statdep' sql half.db \"SELECT file FROM v_tu WHERE status = 'failed'\" | grep -q gone.c"
step "what did not is, too" sh -c "'$statdep' sql half.db \"SELECT file FROM v_tu WHERE status = 'ok'\" | grep -q good.c"
step "check: incomplete" exits 3 "$statdep" check half.db
step "check --bisect: 125" exits 125 "$statdep" check --bisect half.db
step "the report names it" sh -c "'$statdep' check half.db | grep -q gone.c"
step "check --max-failed" exits 0 "$statdep" check --max-failed 2 half.db

echo 'this is no rule' >wrong.rules
step "wrong rules" exits 2 "$statdep" check-rules wrong.rules
step "the line is named" sh -c "'$statdep' check-rules wrong.rules 2>&1 | grep -q 'wrong.rules:1:'"
step "rules file is missing" exits 2 "$statdep" check-rules none.rules

head -c 100000 /dev/urandom >noise.log
step "match: noise" says 2 '' "$statdep" match noise.log good.db
: >empty.log
step "match: empty" says 2 '' "$statdep" match empty.log good.db
step "match: missing" says 2 'none.log' "$statdep" match none.log good.db
printf 'WARNING: possible circular locking dependency detected\n' >cut.log
step "match: only a headline" sh -c "'$statdep' match cut.log good.db | grep -q incomplete"

step "sql: wrong" exits 2 "$statdep" sql good.db 'SELECT nothing FROM nowhere'
step "sql: no writing" exits 2 "$statdep" sql good.db 'DELETE FROM tu'
step "sql: still there" sh -c "'$statdep' sql good.db 'SELECT * FROM v_tu' | grep -q good.c"
step "sql: results of other options are made anew, and that is said" \
	says 0 'good.db: .*analysing anew' "$statdep" sql --read-lock=recursive good.db 'SELECT * FROM v_finding'
step "sql: once" sh -c "! '$statdep' sql --read-lock=recursive good.db 'SELECT * FROM v_finding' 2>&1 | grep anew"
step "graph: no such finding" exits 2 "$statdep" graph good.db --finding 7
step "graph: no such class" exits 2 "$statdep" graph good.db --from nothing
step "locks: no such class" exits 2 "$statdep" locks good.db --class nothing
step "output cannot be written" exits 2 "$statdep" check good.db -o "$tmp/no/such/dir/out"
step "unknown format" exits 2 "$statdep" check good.db --format gif
step "diff: missing" exits 2 "$statdep" diff good.db none.db
step "baseline: missing" exits 2 "$statdep" check good.db --baseline none.json
finish
