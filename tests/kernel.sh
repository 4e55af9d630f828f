#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kernel.sh VERSION: makes Debian's kernel source ready for a scan and prints two paths, the source
# tree and its object tree (x86_64 defconfig, headers generated).  What is there already is used;
# what was interrupted is made again.
# kernel.sh --objtree SRC OBJ: the object tree only, for another source tree.
#
# The trees go to $STATDEP_WORK, build/kernel of this project by default.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=${STATDEP_WORK:-$here/../build/kernel}
say() { echo "kernel.sh: $*" >&2; }

objtree()
{
	local src=$1 obj=$2
	[ ! -e "$obj/.statdep-ready" ] || return 0
	say "configuring $obj"
	rm -rf "$obj"
	mkdir -p "$obj"
	if ! { make -s -C "$src" LLVM=-19 O="$obj" defconfig &&
		make -s -C "$src" LLVM=-19 O="$obj" -j"$(nproc)" prepare modules_prepare; } >"$obj.log" 2>&1 </dev/null; then
		tail -n 20 "$obj.log" >&2
		say "make failed; all of its output is in $obj.log"
		return 1
	fi
	touch "$obj/.statdep-ready"
}

case ${1:-} in
--objtree)
	objtree "$(realpath "$2")" "$(realpath -m "$3")"
	exit
	;;
[0-9]*.[0-9]*) ;;
*)
	say "usage: kernel.sh VERSION | --objtree SRC OBJ"
	exit 2
	;;
esac

mkdir -p "$work"
work=$(realpath "$work")
src=$work/linux-source-$1
obj=$work/obj-$1
tarball=/usr/src/linux-source-$1.tar.xz
if [ ! -e "$src.ready" ]; then
	[ -e "$tarball" ] || { say "$tarball is missing: install linux-source-$1"; exit 1; }
	say "unpacking $tarball"
	rm -rf "$src" "$src.part"
	mkdir "$src.part"
	tar -C "$src.part" --strip-components=1 -xf "$tarball"
	mv "$src.part" "$src"
	touch "$src.ready"
fi
objtree "$src" "$obj"
echo "$src"
echo "$obj"
