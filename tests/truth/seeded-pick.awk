# SPDX-License-Identifier: GPL-2.0-or-later
# seeded: of the sites of each class one, by the seed; prints it with the first and last line of its function.
function hash(s,    i, h) {
	h = seed
	for (i = 1; i <= length(s); i++)
		h = (h * 33 + index("abcdefghijklmnopqrstuvwxyz_0123456789/.-ABCDEFGHIJKLMNOPQRSTUVWXYZ", substr(s, i, 1))) % 1000003
	return h
}
function load(f,    l) {
	if (f == loaded)
		return
	n = 0
	while ((getline l < (src "/" f)) > 0)
		text[++n] = l
	close(src "/" f)
	loaded = f
}
function flush() {
	if (best != "" && !(best_fn in used)) {
		used[best_fn] = 1
		print best
	}
	best = ""
}
FNR == NR { need[$1, $2] = $3; next }
{
	k = need[$1, $2]
	if (k == "")
		next
	if ($1 != name || $2 != key) {
		flush()
		name = $1
		key = $2
	}
	load($4)
	if (text[$5] !~ (k == "h" ? "_lock_irq(save)?(_nested)?\\(" : "_lock_bh\\("))
		next
	for (first = $5; first > 1 && text[first] !~ /^{/; first--)
		;
	for (last = $5; last < n && text[last] !~ /^}/; last++)
		;
	h = hash($4 ":" $5)
	if (last - first <= 150 && !(($3 " " $4) in used) && (best == "" || h < best_hash)) {
		best = $1 OFS k OFS $3 OFS $4 OFS $5 OFS first OFS last
		best_fn = $3 " " $4
		best_hash = h
	}
}
END { flush() }
