# SPDX-License-Identifier: GPL-2.0-or-later
# score.awk: verdicts.tsv (FUNCTION READ-LOCK VERDICT), misses.txt (FUNCTION REASON; "scope:" before a reason: not
# what statdep is for), cases.tsv -> the scoreboard.  A FUNCTION of misses.txt may end in "*".

FNR == 1 { part++ }
part == 1 { got[$1, $2] = $3; next }
part == 2 && /^#|^$/ { next }
part == 2 { why[$1] = $2; next }

function reason(fn,    k, best) {
	if (fn in why)
		return why[fn]
	best = ""
	for (k in why)
		if (k ~ /\*$/ && index(fn, substr(k, 1, length(k) - 1)) == 1 && length(k) > length(best))
			best = k
	return best == "" ? "" : why[best]
}

{
	v = got[$2, $4]
	if (!($1 in total))
		order[++ngroup] = $1
	total[$1]++
	r = reason($2)
	if (v == $3) {
		right[$1]++
		next
	}
	what = v == "error" ? "error" : $3 ? "false" : "missed"
	if (r ~ /^scope:/) {
		scope[$1]++
		what = "scope"
		sub(/^scope: */, "", r)
	} else {
		wrong[$1]++
		if (r == "")
			unexplained++
	}
	line[++nline] = sprintf("%-8s %s: %s%s", what, $1, $2, r == "" ? "" : ": " r)
}

END {
	printf "%-40s %6s %6s %6s %6s\n", "group", "cases", "right", "wrong", "scope"
	for (i = 1; i <= ngroup; i++) {
		g = order[i]
		printf "%-40s %6d %6d %6d %6d\n", g, total[g], right[g], wrong[g], scope[g]
		all += total[g]; ok += right[g]; bad += wrong[g]; out += scope[g]
	}
	printf "%-40s %6d %6d %6d %6d\n", "all", all, ok, bad, out
	for (i = 1; i <= nline && (verbose || bad + out <= 60); i++)
		print line[i]
	if (unexplained)
		print unexplained " wrong without a reason in misses.txt"
	if (floor == "")
		exit ok < all || unexplained > 0
	if (ok + 0 < floor + 0)
		print "FAIL " ok + 0 " right, " floor " expected"
	exit ok + 0 < floor + 0 || unexplained > 0
}
