# SPDX-License-Identifier: GPL-2.0-or-later
#
# recall-kind.awk: what kind of lock each observed class is: spin, sleep or map.  lockdep does not say, so
# the source text does, at the places where it first saw the class used.
# usage: awk -v src=KERNEL -f recall-kind.awk CLASSES.tsv >KINDS.tsv		(class, kind; "" when the text does not tell)
BEGIN { FS = OFS = "\t" }

function text(file, line,   key, n, l, t)
{
	key = file SUBSEP line
	if (key in got)
		return got[key]
	n = 0
	t = ""
	while (n < line && (getline l < (src "/" file)) > 0)
		if (++n == line)
			t = l
	close(src "/" file)
	return got[key] = t
}

function kind_of_text(t)
{
	if (t ~ /(lock_map|lock|rwsem|mutex|rwlock|spin|seqcount)_acquire/)
		return "map"
	if (t ~ /mutex_lock|mutex_trylock|down_read|down_write|percpu_down|guard\(mutex\)|rt_mutex/)
		return "sleep"
	if (t ~ /spin_lock|spin_trylock|read_lock|read_trylock|write_lock|write_trylock|seqlock|xa[s]?_lock|local_lock|task_rq_lock/)
		return "spin"
	return ""
}

function kind_of_name(n)
{
	if (n ~ /^fs_reclaim|_work$|^jbd2_handle|_map$|\.c:[0-9]+$/)
		return "map"
	if (n ~ /xa_lock|^(k-)?slock-|^rcu_node|lock$/)
		return "spin"
	if (n ~ /mutex/)
		return "sleep"
	return ""
}

FNR > 1 {
	name = $1
	sub(/#[0-9]+(@[0-9a-f]+)?/, "", name)
	k = name ~ /^kn->active|^\(|^&\(.*->timer$|seqcount$|[_>.]srcu$|^rcu_(read_lock|callback)|^(k-)?sk_lock-/ ? "map" : ""
	n = split($9, s, "; ")
	for (i = 1; i <= n && k == ""; i++)
		if (match(s[i], /\([^()]*:[0-9]+\)$/)) {
			split(substr(s[i], RSTART + 1, RLENGTH - 2), at, ":")
			k = kind_of_text(text(at[1], at[2]))
		}
	print $1, k == "" ? kind_of_name(name) : k
}
