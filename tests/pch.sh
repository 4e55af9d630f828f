#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Precompiled headers: built, found again, fallen back from; facts are those of a plain parse.
#   pch.sh                          a stub project
#   pch.sh --kernel SRC OBJ [N [SEED]]      also N random TUs (300, 1) of a prepared object tree; 0: sound/core
# Prints CPU seconds of each scan and of `clang -fsyntax-only` on the same TUs.
. "$(dirname "$0")/lib.sh"
need_statdep
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# facts DB: every TU's row and every function's; a merge leaves out what the TUs were before
facts()
{
	sqlite3 "$1" 'SELECT file, status, reason, functions, facts_hash FROM tu ORDER BY file'
	rm -f "$tmp/now.db"
	"$statdep" merge "$tmp/now.db" "$1" && sqlite3 "$tmp/now.db" 'SELECT name, file, line, hash FROM fn ORDER BY name, file, hash'
}
same_facts() { facts "$1" >"$tmp/f1"; facts "$2" >"$tmp/f2"; diff "$tmp/f1" "$tmp/f2" | head -n 20; cmp -s "$tmp/f1" "$tmp/f2"; }
# deps DB FILE: what the TU depends on
says() { grep -q -- "$1" "$2" || { cat "$2"; return 1; }; }

command -v jq >/dev/null || { echo "SKIP: no jq"; exit 77; }
command -v sqlite3 >/dev/null || { echo "SKIP: no sqlite3"; exit 77; }

# ---- a stub project of ten TUs; collide.c has a static of a header's name, late.c a macro before it

mkdir "$tmp/src" "$tmp/src/inc" "$tmp/src/sub" && cd "$tmp" || exit 1
cat >src/inc/config.h <<'X'
#ifndef CONFIG_H
#define CONFIG_H
#define CONFIG_X 1
#endif
X
cat >src/inc/lock.h <<'X'
#ifndef LOCK_H
#define LOCK_H
struct lock { int v; };
extern void take(struct lock *l, const char *name);
extern void drop(struct lock *l);
static struct lock shared = { 3 };
static inline int helper(struct lock *l) { static struct lock mine; take(l, "l"); drop(&mine); return l->v; }
static inline int outer(struct lock *l) { drop(&shared); return helper(l); }
#endif
X
cat >src/inc/list.h <<'X'
#ifndef LIST_H
#define LIST_H
#include <lock.h>
struct list { struct list *next; struct lock l; };
#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define USED(f) static void *PASTE(__UNIQUE_ID_used_##f, __COUNTER__) __attribute__((used)) = (void *)&f
USED(helper);
#endif
X
cat >src/inc/broken.h <<'X'
#ifndef WANTED
#error needs WANTED
#endif
X
echo 'static inline int unused(void) { return 1; }' >src/inc/other.h
for i in 1 2 3 4 5 6 7 8; do
	printf '#define WANTED\n#include <broken.h>\n#include <list.h>\n#include "sub/own.h"\nint f%d(struct list *x) { return outer(&x->l) + own() + CONFIG_X; }\nUSED(f%d);\n' $i $i >src/t$i.c
done
echo 'static inline int own(void) { return 4; }' >src/sub/own.h
printf '#include <lock.h>\nint g(struct lock *l) { return helper(l); }\n' >src/small.c
printf 'static int helper(int x) { return x; }\nint h(void) { return helper(1); }\n' >src/collide.c
sep='['
for f in t1 t2 t3 t4 t5 t6 t7 t8 small collide; do
	printf '%s{"directory": "%s", "file": "%s.c", "arguments": ["clang", "-Iinc", "-include", "inc/config.h", "-I", ".", "-DKBUILD_MODNAME=\\"%s\\"", "-c", "%s.c"]}' "$sep" "$tmp/src" $f $f $f
	sep=,
done >src/compile_commands.json
echo ']' >>src/compile_commands.json

step "scan builds one" "$statdep" scan -v -p src -o a.db
"$statdep" scan -p src -o a2.db >a2.log 2>&1
step "nine with, one fell back" says '1 precompiled header (1 built): 9 TUs with, 1 fell back, 0 without' a2.log
step "scan without" "$statdep" scan --no-pch -p src -o plain.db
step "nothing beside its database" test ! -e plain.db.pch
step "same facts" same_facts a.db plain.db
step "same dependencies" diff <(sqlite3 a.db 'SELECT DISTINCT file, hash FROM dep ORDER BY 1') <(sqlite3 plain.db 'SELECT DISTINCT file, hash FROM dep ORDER BY 1')
echo '/* */' >>src/t1.c
"$statdep" scan -p src -o a.db >b.log 2>&1
step "found again for one file" says '(0 built): 1 TUs with' b.log
touch src/inc/*.h
echo '/* */' >>src/t1.c
"$statdep" scan -p src -o a.db >b.log 2>&1
step "new dates are no change" says '(0 built): 1 TUs with' b.log
echo '/* */' >>src/inc/list.h
"$statdep" scan -p src -o a.db >b.log 2>&1
step "only those that include a changed header are parsed" says '8 parsed, 2 unchanged' b.log
step "and the header is built again" says '(1 built)' b.log
"$statdep" scan --no-pch -p src -o plain.db >/dev/null 2>&1
step "same facts after that" same_facts a.db plain.db
cp src/inc/list.h list.new
sed -i '$d' src/inc/list.h
echo '/* */' >>src/t1.c
"$statdep" scan -p src -o a.db >b.log 2>&1
step "the header changed back: the first one is found again" says '(0 built): 1 TUs with' b.log
cp list.new src/inc/list.h
echo '/* */' >>src/t1.c
"$statdep" scan -p src -o a.db >b.log 2>&1
step "and the second" says '(0 built): 1 TUs with' b.log
for i in $(seq 100); do echo old >a.db.pch/old$i.pch; touch -d "$i days ago" a.db.pch/old$i.pch; done
echo '/* */' >>src/t1.c
"$statdep" scan -p src -o a.db >b.log 2>&1
step "with a hundred old ones beside it" says '(0 built): 1 TUs with' b.log
step "the oldest are gone" test ! -e a.db.pch/old100.pch -a -e a.db.pch/old1.pch -a "$(ls a.db.pch | wc -l)" -lt 80
"$statdep" scan --no-pch -p src -o plain.db >/dev/null 2>&1
step "same facts again" same_facts a.db plain.db
sed -i 's/"-c", "t2.c"/"-DMORE=CONFIG_X", "-c", "t2.c"/; s/"-c", "t3.c"/"-DLIST_H2", "-DCONFIG_X=5", "-c", "t3.c"/' src/compile_commands.json
printf '#ifdef MORE\nint more(struct lock *l) { return helper(l) + MORE; }\n#endif\n' | tee -a src/t2.c >>src/t3.c
"$statdep" scan -p src -o a.db >b.log 2>&1
step "macros that it does not know: only t2" says '1 TUs with, 0 fell back, 1 without' b.log
"$statdep" scan --no-pch -p src -o plain.db >/dev/null 2>&1
step "same facts with more macros" same_facts a.db plain.db
step "the macro counts" sh -c "sqlite3 a.db \"SELECT name FROM fn\" | grep -qx more"
sed -i 's/"-c", "t4.c"/"-DDEFAULT_SYMBOL_NAMESPACE=ONE", "-c", "t4.c"/' src/compile_commands.json
"$statdep" scan -p src -o a.db >b.log 2>&1
step "a namespace for symbols is no other command" says ' 0 parsed, 10 unchanged' b.log
sed -i 's/-DDEFAULT_SYMBOL_NAMESPACE=ONE/-DDEFAULT_SYMBOL=ONE/' src/compile_commands.json
"$statdep" scan -p src -o a.db >b.log 2>&1
step "another macro is" says ' 1 parsed, 9 unchanged' b.log
sed -i 's/"-DDEFAULT_SYMBOL=ONE", //' src/compile_commands.json
"$statdep" scan -p src -o a.db >b.log 2>&1
mkdir src/own
printf '#ifndef OWNED_H\n#define OWNED_H\nstatic inline int owned(void) { return 7; }\n#endif\n' >src/inc/owned.h
printf '#include <owned.h>\n' >src/own/mine.h
for i in 1 2 3 4 5; do
	printf '#include "own/mine.h"\nstatic int helper(int x) { return x + owned(); }\nint again%d(void) { return helper(%d); }\n' $i $i >src/c$i.c
done
jq '. + [range(1; 6) | {directory: "'"$tmp/src"'", file: "c\(.).c", arguments: ["clang", "-Iinc", "-include", "inc/config.h", "-I", ".", "-c", "c\(.).c"]}]' \
	src/compile_commands.json >src/more.json && cp src/compile_commands.json few.json && mv src/more.json src/compile_commands.json
sed -i 's/"-c",$/"-DKBUILD_MODNAME=\\"c\\"", &/' src/compile_commands.json
"$statdep" scan -p src -o a.db >b.log 2>&1
step "five that it does not suit have their own" says '(1 built): 5 TUs with, 0 fell back' b.log
step "of what they include" grep -q owned.h a.db.pch/*-0.h
"$statdep" scan --no-pch -p src -o plain.db >/dev/null 2>&1
step "same facts with that" same_facts a.db plain.db
echo '/* */' >>src/c1.c
"$statdep" scan -p src -o a.db >b.log 2>&1
step "it is found again" says '(0 built): 1 TUs with, 0 fell back' b.log
{ printf 'int deep(void) { return '; head -c 400000 /dev/zero | tr '\0' '('; printf 1; head -c 400000 /dev/zero | tr '\0' ')'; echo '; }'; } >src/c1.c
sed -i 's/"-Iinc",/"-fbracket-depth=100000000", &/' src/compile_commands.json
"$statdep" scan -p src -o a.db >b.log 2>&1
step "a crash costs its own TU" says '15 TUs: 15 parsed, 0 unchanged, 1 failed' b.log
step "after a try without the header" says '13 TUs with, 0 fell back, 2 without' b.log      # the other: t2
mv few.json src/compile_commands.json
"$statdep" scan -p src -o a.db >b.log 2>&1
"$statdep" scan --no-pch -p src -o plain.db >/dev/null 2>&1
for f in a.db.pch/*.pch; do echo broken >"$f"; done
for i in 1 2 3; do echo "int again$i;" >>src/t$i.c; done
"$statdep" scan -p src -o a.db >b.log 2>&1
step "a damaged one costs nothing but time" says '0 failed' b.log
"$statdep" scan --no-pch -p src -o plain.db >/dev/null 2>&1
step "same facts without it" same_facts a.db plain.db

sed -i 's/^extern void drop/#ifdef LOUD\nextern void loud(void);\n#define SAY loud()\n#else\n#define SAY (void)0\n#endif\n&/; s/take(l, "l");/SAY; &/' src/inc/lock.h
sed -i '1i#define LOUD' src/t1.c
"$statdep" scan -p src -o a.db >b.log 2>&1
step "one that tells a header something goes without" says ': 7 TUs with, 0 fell back, 2 without' b.log
"$statdep" scan --no-pch -p src -o plain.db >/dev/null 2>&1
step "same facts of that" same_facts a.db plain.db
step "it is loud" test "$(sqlite3 a.db "SELECT count(*) FROM fn WHERE name GLOB 'helper@*lock.h'")" -ge 2

# ---- a directory whose files share large headers of their own

mkdir src/drv
{
	printf '#ifndef BIG_H\n#define BIG_H\n#include <list.h>\n'
	for i in $(seq 6000); do printf '#define BIG_REGISTER_OF_NUMBER_%d_IS 0x%08x\nextern int big_function_%d(struct list *x, int y);\n' $i $i $i; done
	printf 'struct big { struct lock l; int limit; };\n'
	printf 'static inline int held(struct big *b, int most) { take(&b->l, "b"); return most; }\n#endif\n'
} >src/drv/big.h
printf '#ifndef LIMIT_H\n#define LIMIT_H\n#define limit(b) (b)->limit\n#define BY_MACRO 1\n#endif\n' >src/drv/limit.h
printf '#ifndef ASKS_H\n#define ASKS_H\nstatic inline int asks(struct big *b) {\n#ifdef BY_MACRO\n return held(b, 1);\n#else\n drop(&b->l); return 0;\n#endif\n}\n#endif\n' >src/drv/asks.h
for i in 1 2 3 4 5 6; do
	printf '#include "big.h"\n#include "limit.h"\n#include "asks.h"\nint d%d(struct big *b) { return held(b, limit(b)) + asks(b); }\n' $i >src/drv/d$i.c
done
printf '#include "big.h"\nstatic int (limit)(struct big *b) { drop(&b->l); return 0; }\nint d7(struct big *b) { return limit(b); }\n' >src/drv/d7.c
printf '#include "big.h"\n#include "asks.h"\nint d8(struct big *b) { return asks(b); }\n' >src/drv/d8.c
printf '#include "big.h"\n#include "asks.h"\n#include "limit.h"\nint d9(struct big *b) { return asks(b) + limit(b); }\n' >src/drv/d9.c
# what declares a name that is a macro with parameters elsewhere must not take that away
sed -i 's/^#define LIST_H$/&\n#define most(a, b) ((a) > (b) ? (a) : (b))/' src/inc/list.h
printf '#include <list.h>\n#include "big.h"\nint d10(struct big *b) { return held(b, most(1, 2)); }\n' >src/drv/d10.c
for i in 11 12 13 14; do sed "s/d10/d$i/" src/drv/d10.c >src/drv/d$i.c; done
jq '. + [range(1; 15) | {directory: "'"$tmp/src"'", file: "drv/d\(.).c", arguments: ["clang", "-Iinc", "-include", "inc/config.h", "-I", ".", "-DKBUILD_MODNAME=\"drv\"", "-c", "drv/d\(.).c"]}]' \
	src/compile_commands.json >more.json && mv more.json src/compile_commands.json
"$statdep" scan -v -p src -o a.db >b.log 2>&1
step "most of them with headers of their directory" says 'without; 11 with their directory' b.log
step "not one that would have a foreign macro" says 'd7.c: has limit from' b.log
step "nor one that would be asked about it" says 'd8.c: has BY_MACRO from' b.log
step "nor one that has it later" says 'd9.c: has BY_MACRO from' b.log
step "nothing of that stays" test -z "$(ls a.db.pch | grep run-)"
sh -c 'echo $$' >dead.pid
touch "a.db.pch/run-$(cat dead.pid)-1.pch" "a.db.pch/run-$$-1.pch"
"$statdep" scan --no-pch -p src -o plain.db >/dev/null 2>&1
echo '/* */' >>src/drv/d1.c
"$statdep" scan -p src -o a.db >b.log 2>&1
step "nor of a scan that was killed" test "$(ls a.db.pch | grep run-)" = "run-$$-1.pch"
"$statdep" scan --no-pch -p src -o plain.db >/dev/null 2>&1
step "same facts of directories" same_facts a.db plain.db
step "same dependencies of directories" diff <(sqlite3 a.db "SELECT DISTINCT file, hash FROM dep WHERE file GLOB '*drv*' ORDER BY 1") <(sqlite3 plain.db "SELECT DISTINCT file, hash FROM dep WHERE file GLOB '*drv*' ORDER BY 1")

# headers that do not compile without their TU's macros: those of drq include one that none can do without, each of drs is its own

mkdir src/drq src/drs
printf '#ifndef ROOT_H\n#define ROOT_H\n#ifndef WANTED\n#error needs WANTED\n#endif\n#endif\n' >src/drq/root.h
for d in drq drs; do
	for i in 1 2 3 4; do
		{
			printf '#ifndef %s_%d_H\n#define %s_%d_H\n' $d $i $d $i
			if [ $d = drq ]; then
				echo '#include "root.h"'
			elif [ $i -lt 3 ]; then
				printf '#ifndef WANTED\n#error needs WANTED\n#endif\n'
			fi
			for k in $(seq 3000); do printf '#define %s_REGISTER_OF_NUMBER_%d_%d_IS 0x%08x\nextern int %s_function_%d_%d(int y);\n' $d $i $k $k $d $i $k; done
			echo '#endif'
		} >src/$d/h$i.h
	done
	for i in 1 2 3 4 5 6 7 8 9; do
		printf '#include <list.h>\n#define WANTED\n#include "h1.h"\n#include "h2.h"\n#include "h3.h"\n#include "h4.h"\nint %s%d(struct list *x) { return helper(&x->l); }\n' $d $i >src/$d/d$i.c
	done
	jq '. + [range(1; 10) | {directory: "'"$tmp/src"'", file: "'$d'/d\(.).c", arguments: ["clang", "-Iinc", "-include", "inc/config.h", "-I", ".", "-DKBUILD_MODNAME=\"drv\"", "-c", "'$d'/d\(.).c"]}]' \
		src/compile_commands.json >more.json && mv more.json src/compile_commands.json
done
"$statdep" scan -v -p src -o a.db >b.log 2>&1
grep 'precompiled header:' b.log | sed 's/^/     | /'
step "what is in the way twice stays there: given up" test "$(grep -c 'drq/root.h:.* needs WANTED' b.log)" = 3
step "what is in the way of one is taken out" says '9 with their directory' b.log
"$statdep" scan --no-pch -p src -o plain.db >/dev/null 2>&1
step "same facts of both" same_facts a.db plain.db

# e1..e6 read a header again that has no guard, four of them at first hand; g1..g3 have a name each of headers that they do not include

mkdir two
for i in 1 2 3; do printf '#include <list.h>\nint a%d(struct list *x) { return helper(&x->l); }\n' $i >two/a$i.c; done
echo 'static inline int bare(void) { return 1; }' >src/inc/bare.h
printf '#ifndef WRAP_H\n#define WRAP_H\n#include <bare.h>\nstatic inline int wrap(void) { return bare(); }\n#endif\n' >src/inc/wrap.h
printf '#ifndef SAFE_H\n#define SAFE_H\nstatic inline int safe(void) { return 2; }\n#endif\n' >src/inc/safe.h
for i in 1 2 3 4; do printf '#include <list.h>\n#include <bare.h>\nint e%d(struct list *x) { return helper(&x->l) + bare(); }\n' $i >two/e$i.c; done
for i in 5 6; do printf '#include <list.h>\n#include <wrap.h>\nint e%d(struct list *x) { return helper(&x->l) + wrap(); }\n' $i >two/e$i.c; done
printf '#include <safe.h>\nstatic int helper(int x) { return x + safe(); }\nint g1(void) { return helper(1); }\n' >two/g1.c
printf '#include <safe.h>\nstatic int outer(int x) { return x + safe(); }\nint g2(void) { return outer(1); }\n' >two/g2.c
printf '#include <safe.h>\nstruct list { int z; };\nint g3(struct list *l) { return l->z + safe(); }\n' >two/g3.c
jq -n '[("a1", "a2", "a3", "e1", "e2", "e3", "e4", "e5", "e6", "g1", "g2", "g3") | {directory: "'"$tmp/two"'", file: "\(.).c", arguments: ["clang", "-I../src/inc", "-include", "../src/inc/config.h", "-I", ".", "-DKBUILD_MODNAME=\"two\"", "-c", "\(.).c"]}]' >two/compile_commands.json
"$statdep" scan -v -p two -o two.db >b.log 2>&1
step "who reads a header again has one without it, as have three with a reason each" says '3 precompiled headers (3 built): 12 TUs with, 0 fell back' b.log
step "there was a reason" says "bare.h:1: redefinition of 'bare'" b.log
"$statdep" scan --no-pch -p two -o two-plain.db >/dev/null 2>&1
step "same facts of these" same_facts two.db two-plain.db
{ echo '#pragma once'; cat src/inc/bare.h; } >bare.new && mv bare.new src/inc/bare.h
rm -rf two.db two.db.pch
"$statdep" scan -v -p two -o two.db >b.log 2>&1
step "with a guard it is in everybody's" says '2 precompiled headers (2 built): 12 TUs with, 0 fell back' b.log

[ "${1:-}" = --kernel ] || finish

# ---- real TUs

src=$(realpath "$2") obj=$(realpath "$3") count=${4:-300} seed=${5:-1}
targets='vmlinux modules'
[ "$count" = 0 ] && targets='sound/core/ fs/fcntl.o'
mkdir "$tmp/real"
make -n -k -C "$src" LLVM=-19 O="$obj" $targets 2>/dev/null </dev/null |
	grep -o 'clang[^;]* -c -o [^ ;]* [^ ;]*\.c' | grep -v '\.mod\.c$' | grep -e '-D__KERNEL__' |
	grep -vF "'\\''" | awk '!seen[$NF]++' | sort >"$tmp/cmds"      # each stands once more, quoted, as fixdep's argument
if [ "$count" = 0 ]; then
	grep -E '/(sound/core/.*|fs/fcntl)\.c$' "$tmp/cmds"
else
	shuf -n "$count" --random-source=<(yes "$seed") "$tmp/cmds"
fi >"$tmp/picked"
jq -R --arg dir "$obj" '{directory: $dir, file: (split(" ") | last), command: .}' <"$tmp/picked" | jq -s . >"$tmp/real/compile_commands.json"

# cpu TEXT COMMAND...: runs it, prints user and system seconds
cpu()
{
	local text=$1 TIMEFORMAT='%U %S'
	shift
	{ time "$@" >cpu.log 2>&1; } 2>cpu.time
	awk -v text="$text" '{ printf "     %-28s %7.2f s\n", text, $1 + $2 }' cpu.time
	grep '^scan:' cpu.log | tail -n 2 | sed 's/^/     | /'
}
clang_all()
(
	cd "$obj" || exit
	sed 's/ -Wp,-MMD,[^ ]*//; s/ -c -o [^ ]*/ -fsyntax-only -w/' "$tmp/picked" | while read -r line; do sh -c "$line"; done
)
echo "     $(wc -l <"$tmp/picked") TUs"
cpu "clang -fsyntax-only" clang_all
cpu "scan, header to be built" "$statdep" scan -j 1 -p "$tmp/real" --kernel "$src" -o r.db
rm r.db
cpu "scan, header there" "$statdep" scan -j 1 -p "$tmp/real" --kernel "$src" -o r.db
cpu "scan --no-pch" "$statdep" scan -j 1 --no-pch -p "$tmp/real" --kernel "$src" -o rp.db
step "same facts of $(sqlite3 r.db "SELECT count(*) FROM tu WHERE status = 'ok'") TUs" same_facts r.db rp.db
finish
