#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# undo-fixes.sh SRC COPY: makes COPY, the kernel source without two fixes, so that the inversion of
# v5.10-v5.13 is back: fs/fcntl.c reads the owner with irqs on again, and sound/core sends SIGIO
# from under its own locks again.  Unchanged files are hard links; SRC is not touched.  An edit
# that does not fit its source exactly is an error.
set -eu
src=$(realpath "$1")
copy=$(realpath -m "$2")
[ ! -e "$copy.ready" ] || exit 0
rm -rf "$copy"
cp -al "$src" "$copy"

# edit FILE N: runs awk's program from stdin over FILE; it must report that N places were changed.
edit()
{
	local file=$1 want=$2 got
	awk "$(cat)"'
	END { print n + 0 >"/dev/stderr" }' "$src/$file" >"$copy/$file.new" 2>"$copy.count"
	got=$(cat "$copy.count")
	if [ "$got" != "$want" ]; then
		echo "undo-fixes.sh: $file: $got places fit, not $want; is this another version of it?" >&2
		exit 1
	fi
	mv "$copy/$file.new" "$copy/$file"	# a new file: the link to the original is cut
}

edit fs/fcntl.c 2 <<'AWK'
/^pid_t f_getown\(struct file \*filp\)$/ { on = 1 }
/^}/ { on = 0 }
on && /^\tread_lock_irq\(&filp->f_owner\.lock\);$/ { sub(/read_lock_irq/, "read_lock"); n++ }
on && /^\tread_unlock_irq\(&filp->f_owner\.lock\);$/ { sub(/read_unlock_irq/, "read_unlock"); n++ }
{ print }
AWK

edit sound/core/misc.c 1 <<'AWK'
/^void snd_kill_fasync\(struct snd_fasync \*fasync, int signal, int poll\)$/ { on = 1; print; next }
on && /^{$/ {
	print
	print "\tif (!fasync || !fasync->on)"
	print "\t\treturn;"
	print "\tkill_fasync(&fasync->fasync, signal, poll);"
	n++
	next
}
on && /^}$/ { on = 0 }
on { next }
{ print }
AWK

rm -f "$copy.count"
touch "$copy.ready"
