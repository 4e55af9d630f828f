# SPDX-License-Identifier: GPL-2.0-or-later
#
# recall-cause.awk: why a dependency was missed, as far as its call path tells.  The first that holds:
#
#   class     no static class has the name of one end; detail: that name, and what is taken at its place instead
#   preempt   taken in the scheduler, entered where the kernel preempted the holder
#   irq       the path passes through an interrupt's assembly
#   site      the class of that name is not taken in that function; detail: the function, and what it takes
#   call      a step of the path is no call of the static graph; detail: caller -> callee
#   held      the path is there: the holder's lock was lost, or is of another class
#
# Files, in order: what=calls (caller, callee), what=takes (function, class id, name),
# what=hits (observed class, static id), what=missed (group, from, to, from id, to id, function, path).
# Output: group, cause, detail, from, to.
BEGIN { FS = OFS = "\t" }
what == "calls" { call[$1, $2]; caller[$1]; next }
what == "takes" { takes[$1, $2]; list[$1] = list[$1] (length(list[$1]) < 90 ? " " $3 : ""); next }
what == "hits" { hits[$1] = hits[$1] " " $2; next }

function cause_of(from, to, fn, path,   n, f, i, s, k, any)
{
	if (!(to in hits))
		return "class" OFS named[to] (fn in list ? " (" fn " takes" list[fn] ")" : " (" fn " takes nothing)")
	if (!(from in hits))
		return "class" OFS named[from]
	if (path ~ /preempt_schedule|exit_cond_resched/)
		return "preempt" OFS "-"
	k = split(hits[to], s, " ")
	for (i = 1; i <= k; i++)
		any = any || ((fn, s[i]) in takes)
	n = split(path, f, " < ")
	if (!any)
		return "site" OFS fn " of " named[to] ":" (fn in list ? list[fn] : fn in caller ? " nothing" : " not in the graph")
	for (i = 2; i <= n; i++) {
		if (f[i] ~ /^asm_/)
			return "irq" OFS f[i]
		if (f[i] != f[i - 1] && !((f[i], f[i - 1]) in call))
			return "call" OFS f[i] " -> " f[i - 1]
	}
	return "held" OFS f[n > 3 ? 4 : n]
}

what == "missed" { named[$4] = $2; named[$5] = $3; print $1, cause_of($4, $5, $6, $7), $2, $3 }
