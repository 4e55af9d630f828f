# SPDX-License-Identifier: GPL-2.0-or-later
# cases.awk: the IR of lib/locking-selftest.c on stdin, one case per line on stdout, tab separated:
#
#	GROUP	FUNCTION	EXPECTED (0: lockdep must complain, 1: it must not)	READ-LOCK (recursive, context)
#
# The cases are the calls of the function `dotest`, in the order in which the function `locking_selftest` comes to
# them, itself and through the functions that it calls; what it stores in force_read_lock_recursive
# beforehand says what read_lock() is.  A group is what `print_testname` was told, without hard- and soft- and the number of
# the permutation; what a function of its own runs is a group of that function's name.

function plain(s) { sub(/@.*/, "", s); return s }

/^[^ ]/ { fn = plain($1); sub(/\(.*/, "", fn); n[fn] = 0; next }
/^ +[0-9]+: line [0-9]+: call / { sub(/^.*: call /, ""); what[fn, ++n[fn]] = $0; next }
/^ +[0-9]+: line [0-9]+: force_read_lock_recursive = / { what[fn, ++n[fn]] = "=" $NF; next }

function walk(fn, depth,    i, w, name, arg) {
	if (depth > 4)
		return
	for (i = 1; i <= n[fn]; i++) {
		w = what[fn, i]
		if (w ~ /^=/) {
			mode = substr(w, 2) + 0 ? "recursive" : "context"
			continue
		}
		name = w
		sub(/[@(].*/, "", name)
		if (name == "print_testname") {
			split(w, arg, "\"")
			test = arg[2]
		} else if (name == "dotest") {
			split(substr(w, index(w, "(") + 1), arg, ", ")
			print group(fn), plain(arg[1]), arg[2], mode
		} else if (name in n && n[name]) {
			walk(name, depth + 1)
		}
	}
}

function group(fn,    g) {
	g = fn == "locking_selftest" ? test : fn
	sub(/\/[0-9]+$/, "", g)
	sub(/^(hard|soft)-/, "", g)
	sub(/_tests$/, "", g)
	gsub(/_/, " ", g)
	return g
}

END {
	OFS = "\t"
	mode = "context"
	walk("locking_selftest", 0)
}
