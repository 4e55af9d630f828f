#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A kernel tree that is not one: when make's dry run is asked again, and when the last answer will do.
. "$(dirname "$0")/lib.sh"
need_statdep
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1

mkdir -p src/scripts src/sub obj/include/generated obj/include/config
touch src/scripts/Makefile.build obj/.config obj/include/generated/{autoconf,asm-offsets}.h obj/include/config/auto.conf
cat >src/Makefile <<'X'
include sub/Makefile
$(shell echo asked >>$(O)/asked)
objects := $(patsubst %.c,%.o,$(wildcard *.c sub/*.c))
vmlinux modules: $(addprefix $(O)/,$(objects))
sub/: $(O)/sub/b.o
$(O)/%.o: %.c
	clang -D__KERNEL__ $(flags) $(KCFLAGS) -c -o $(patsubst $(O)/%,%,$@) $(CURDIR)/$<
X
echo 'flags := -DONE' >src/sub/Makefile
echo 'int a(int x) { return x; }' >src/a.c
echo 'int b(void) { return 2; }' >src/sub/b.c

scan() { "$statdep" scan --kernel src --objtree obj -o k.db "$@"; }
# asked N WORDS COMMAND...: make ran N times (0: the last answer did) and the scan's last line has the words
asked()
{
	local times=$1 words=$2
	shift 2
	rm -f obj/asked
	"$@" >scan.log 2>&1
	tail -n 1 scan.log | grep -q -- "$words" || { cat scan.log; return 1; }
	[ "$(cat obj/asked 2>/dev/null | wc -l)" = "$times" ] || { cat scan.log; echo "make ran $(cat obj/asked | wc -l) times"; return 1; }
}

step "the first scan asks make" asked 1 '2 parsed, 0 unchanged' scan
step "the second does not" asked 0 '0 parsed, 2 unchanged' scan
echo '/* new */' >>src/a.c
step "nor for a changed source" asked 0 '1 parsed, 1 unchanged' scan
touch src/Makefile src/sub/Makefile obj/.config
step "nor for new dates" asked 0 '0 parsed, 2 unchanged' scan
echo "include $tmp/src/Makefile" >obj/Makefile
step "nor for the Makefile that make leaves in the object tree" asked 0 '0 parsed, 2 unchanged' scan
step "for other paths it does" asked 1 '0 parsed, 1 unchanged' scan sub
step "and knows both then" asked 0 '0 parsed, 2 unchanged' scan
echo 'flags := -DTWO' >src/sub/Makefile
step "for a changed Makefile it does" asked 1 '2 parsed' scan
echo 'flags := -DONE' >src/sub/Makefile
step "changed back: the first answer" asked 0 '2 TUs' scan
echo 'int c(void) { return 3; }' >src/sub/c.c
step "for a new source it does" asked 1 '3 TUs: 1 parsed, 2 unchanged' scan
rm src/sub/c.c
step "gone again: the first answer" asked 0 '2 TUs: 0 parsed, 2 unchanged' scan
echo 'CONFIG_X=y' >>obj/.config
step "for another configuration it does" asked 1 '0 parsed, 2 unchanged' scan
step "for another environment it does" asked 1 '2 parsed' env KCFLAGS=-DTHREE "$statdep" scan --kernel src --objtree obj -o k.db
rm k.db
step "a new database" asked 0 '2 parsed' scan
for f in k.db.pch/*.plan; do head -c 60 "$f" >short && mv short "$f"; done
step "a damaged answer is none" asked 1 '0 parsed, 2 unchanged' scan

# what was built is not printed by the dry run: its command comes from .NAME.o.cmd
rm -rf k.db*
: >obj/a.o
echo "cmd_a.o := clang -D__KERNEL__ -DONE -c -o a.o $tmp/src/a.c" >obj/.a.o.cmd
step "with one file built" asked 1 '2 parsed' scan
step "it is known" asked 0 '0 parsed, 2 unchanged' scan
rm obj/a.o
step "an object that went is asked for" asked 1 '0 parsed, 2 unchanged' scan
: >obj/a.o
step "one that came is not" asked 0 '0 parsed, 2 unchanged' scan
finish
