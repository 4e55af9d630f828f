#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a scan survives and remembers: crashes, endless files, Ctrl-C, changes, shards, moved trees.
. "$(dirname "$0")/lib.sh"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
command -v sqlite3 >/dev/null || { echo "SKIP: no sqlite3"; exit 77; }

# database DIR FILE...: a compilation database of DIR
database()
{
	local dir=$1 sep='[' f
	shift
	for f; do
		printf '%s{"directory": "%s", "file": "%s", "arguments": ["clang", "-fbracket-depth=100000000", "-c", "%s"]}' "$sep" "$dir" "$f" "$f"
		sep=,
	done >"$dir/compile_commands.json"
	echo ']' >>"$dir/compile_commands.json"
}
tus() { "$statdep" sql "$1" 'SELECT file, status, reason FROM v_tu' | sed 's/ *$//'; }
# summary WORDS COMMAND...: the scan's last line has the words
summary()
{
	local words=$1
	shift
	"$@" 2>&1 | tee scan.log | tail -n 1 | grep -q -- "$words" || { cat scan.log; return 1; }
}

mkdir src
echo '#include "h.h"
int f(int x) { return x; }' >src/a.c
echo 'int g(void) { return 1; }' >src/b.c
: >src/h.h
database "$tmp/src" a.c b.c
step "first scan parses" summary '2 parsed, 0 unchanged' "$statdep" scan -p src -o s.db
step "second scan does not" summary '0 parsed, 2 unchanged' "$statdep" scan -p src -o s.db
touch src/a.c
step "a new date is no change" summary '0 parsed, 2 unchanged' "$statdep" scan -p src -o s.db
echo '/* new */' >src/h.h
step "a changed header is" summary '1 parsed, 1 unchanged' "$statdep" scan -p src -o s.db
sed -i 's/-fbracket-depth=100000000", "-c", "b.c/-DNEW", "-c", "b.c/' src/compile_commands.json
step "so is a changed command" summary '1 parsed, 1 unchanged' "$statdep" scan -p src -o s.db
# back to what was: nothing is parsed, whatever was scanned in between
cp src/h.h h.new
: >src/h.h
step "a header changed back is known" summary '0 parsed, 2 unchanged' "$statdep" scan -p src -o s.db
cp h.new src/h.h
step "and forth again" summary '0 parsed, 2 unchanged' "$statdep" scan -p src -o s.db
echo 'int a_new;' >>src/a.c
step "a changed file" summary '1 parsed, 1 unchanged' "$statdep" scan -p src -o s.db
mv src/a.c a.new
database "$tmp/src" b.c
step "it goes" summary '1 TUs: 0 parsed' "$statdep" scan -p src -o s.db
step "and counts no more" test "$(tus s.db | wc -l)" = 2
mv a.new src/a.c
database "$tmp/src" a.c b.c
step "it comes back" summary '0 parsed, 2 unchanged' "$statdep" scan -p src -o s.db        
for i in 1 2 3 4 5 6; do
	echo "int more$i;" >>src/b.c
	"$statdep" scan -p src -o s.db 2>/dev/null
done
step "not everything is kept" test "$(sqlite3 s.db "SELECT count(*) FROM tu_old WHERE file = 'b.c'")" = 3
sed -i '/more[1-6]/d' src/b.c
step "what was long ago is parsed" summary '1 parsed, 1 unchanged' "$statdep" scan -p src -o s.db
mkdir elsewhere
mv src elsewhere/
sed -i "s,$tmp/src,$tmp/elsewhere/src,g" elsewhere/src/compile_commands.json
step "a moved tree is none" summary '0 parsed, 2 unchanged' "$statdep" scan -p elsewhere/src -o s.db
mv elsewhere/src src
database "$tmp/src" a.c b.c
"$statdep" scan -p src -o s.db 2>/dev/null
step "a scan of one file leaves the others" summary '1 TUs' "$statdep" scan -p src -o s.db a.c
step "they are there" test "$(tus s.db | wc -l)" = 3
database "$tmp/src" a.c
step "a TU that went goes" "$statdep" scan -p src -o s.db
step "it is not there" sh -c "! '$statdep' sql s.db 'SELECT file FROM v_tu' | grep -q b.c"

# shards, merged, are like one scan: same rows, same reports, found again by the next scan
cases=$top/tests/cases
mkdir locks
cp "$cases"/circular/*.c "$cases"/irq-state/*.c "$cases"/recursive/*.c locks/
echo 'int x = ;' >locks/broken.c
files=$(cd locks && echo *.c)
database "$tmp/locks" $files absent.c
sed -i "s,\"-fbracket,\"-nostdinc\"\, \"-Wno-everything\"\, \"-I$top/tests/include\"\, \"-fbracket,g" locks/compile_commands.json
scan() { local db=$1; shift; "$statdep" scan -p locks -o "$db" -j 2 "$@"; }
# reports DB: everything that is said of it, but for the coverage of TUs
# The sanitizer's quick way up the stack ends in libraries without frame pointers: it would not see that a leak is theirs (lsan.supp).
reports() { local f; for f in text json sarif html; do ASAN_OPTIONS=${ASAN_OPTIONS:-}:fast_unwind_on_malloc=0 "$statdep" check --max-failed 9 --min-rank low --format $f "$1"; done; tus "$1"; }
same_reports() { reports "$1" >"$1.out" 2>&1; reports "$2" >"$2.out" 2>&1; cmp "$1.out" "$2.out" && [ "$(wc -l <"$1.out")" -gt 100 ]; }
for k in 1 2 3; do
	step "shard $k" scan part$k.db --shard $k/3
done
step "a shard of nothing" exits 2 scan none.db --shard 4/3
step "whole" scan whole.db
step "merge" "$statdep" merge all.db part1.db part2.db part3.db
step "the same rows" test "$(tus all.db)" = "$(tus whole.db)"
step "the same reports" same_reports all.db whole.db
step "the merged one has nothing to parse" summary ' 1 parsed' scan all.db          # absent.c
step "the same reports after that" same_reports all.db whole.db
step "merge in another order" "$statdep" merge turned.db part3.db part1.db part2.db
step "the same reports" same_reports turned.db whole.db
step "merge of some" "$statdep" merge some.db part1.db part3.db
step "the rest into it" "$statdep" merge some.db part2.db
step "the same reports" same_reports some.db whole.db
step "merge: no such shard" exits 2 "$statdep" merge other.db part1.db none.db
step "merge: nothing was made" test ! -e other.db

# a merge of some shards, or of one that was interrupted, is not taken for the whole
database "$tmp/src" a.c b.c
"$statdep" scan -p src -o one.db --shard 1/2 2>/dev/null
"$statdep" scan -p src -o two.db --shard 2/2 2>/dev/null
step "merge of one of two" "$statdep" merge lacks.db two.db
step "check: incomplete" exits 3 "$statdep" check lacks.db
step "it says what is there" sh -c "'$statdep' check lacks.db 2>&1 | grep -q 'only the parts 2/2'"
step "merge of the other" "$statdep" merge lacks.db one.db
step "check" "$statdep" check lacks.db
sqlite3 one.db "UPDATE meta SET value = 'running' WHERE key = 'scan'"
step "merge with an interrupted one" "$statdep" merge half.db one.db two.db
step "check: incomplete" exits 3 "$statdep" check half.db
step "a scan completes it" "$statdep" scan -p src -o half.db
step "check" "$statdep" check half.db

# what kills or stops a worker costs its TU
mkdir bad
echo 'int f(int x) { return x; }' >bad/ok.c
{ printf 'int g(void) { return '; head -c 400000 /dev/zero | tr '\0' '('; printf 1; head -c 400000 /dev/zero | tr '\0' ')'; echo '; }'; } >bad/deep.c
mkfifo bad/endless.c
database "$tmp/bad" ok.c deep.c endless.c gone.c
step "a scan with a crash and an endless file" "$statdep" scan -p bad -o bad.db --tu-timeout 2 -j 2
want="file       status  reason
deep.c     failed  libclang crashed (signal 11)
endless.c  failed  timed out after 2 s
gone.c     failed  file not found
ok.c       ok"
step "rows say what happened" test "$(tus bad.db | sed 's/libclang ended the process (status 1)/libclang crashed (signal 11)/')" = "$want"  # the sanitizers exit
tus bad.db | sed 's/^/     | /'
step "check: incomplete" exits 3 "$statdep" check bad.db
step "no worker is left" sh -c "! pgrep -f '[s]can -p bad -o bad.db'"

# a worker's memory goes back to the system
mkdir many
for i in $(seq 2050); do echo "int f$i(void) { return $i; }" >many/m$i.c; done
# shellcheck disable=SC2046
database "$tmp/many" $(cd many && ls)
step "2050 files" sh -c "'$statdep' scan -v -p many -o many.db -j 1 >many.log 2>&1"
step "two workers ended before" test "$(grep -c 'a worker ends after 1000 TUs' many.log)" = 2
step "nothing is missing" test "$(tus many.db | grep -c ok)" = 2050

# two at once: one says so, though there was no database when they began; one that is killed leaves it to the next
"$statdep" scan -p many -o pair.db -j 1 >pair1.log 2>&1 &
pair=$!
"$statdep" scan -p many -o pair.db -j 1 >pair2.log 2>&1
codes=$?
wait $pair
step "two scans at once: one goes on, one does not" test $((codes + $?)) = 2
step "it says why" grep -q 'pair.db: another scan writes it' pair1.log pair2.log
step "all rows" test "$(tus pair.db)" = "$(tus many.db)"
setsid "$statdep" scan -p many -o killed.db -j 2 >killed.log 2>&1 &
pid=$!
while [ "$(sqlite3 killed.db 'SELECT count(*) FROM tu' 2>/dev/null || echo 0)" -lt 100 ] && kill -0 $pid 2>/dev/null; do sleep 0.1; done
kill -KILL $pid 2>/dev/null
wait $pid 2>/dev/null
step "killed: check is incomplete" exits 3 "$statdep" check killed.db
step "what was parsed is there" sh -c "'$statdep' scan -p many -o killed.db 2>&1 | tail -n 1 | grep -qE '[1-9][0-9]* unchanged, 0 failed'"
step "and the rest" test "$(tus killed.db)" = "$(tus many.db)"

# Ctrl-C: the database is valid, and known to be half done
"$statdep" scan -p bad -o stop.db --tu-timeout 60 -j 1 >stop.log 2>&1 &
pid=$!
sleep 1
kill -INT $pid
wait $pid
step "interrupted: exit 130" test $? = 130
step "one line says so" grep -q interrupted stop.log
step "check: incomplete" exits 3 "$statdep" check stop.db
rm bad/endless.c
database "$tmp/bad" ok.c
step "the next scan completes it" "$statdep" scan -p bad -o stop.db
step "check" exits 0 "$statdep" check stop.db
step "no TU at all is incomplete, too" sh -c "echo '[]' >bad/compile_commands.json; '$statdep' scan -p bad -o none.db; '$statdep' check none.db; test \$? = 3"
finish
