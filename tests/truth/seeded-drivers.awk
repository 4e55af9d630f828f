# SPDX-License-Identifier: GPL-2.0-or-later
# seeded-drivers: reads the text of the C files listed on its input and prints where mistakes may be made: a number that the seed gives and a
# row as seeded-edit.awk wants it, in the order of the numbers.  A file is asked, by its text alone, which of its functions interrupts,
# timers and works call, which locks those take, and where else these are taken, or waited for.
# A row: lock; h (interrupts are disabled for it), b (they or BHs) or w (wait); function, file, line, first and last line of the
# function; of w also the call that waits, and what takes and gives back the lock.
function hash(s,    i, h) {
	h = seed
	for (i = 1; i <= length(s); i++)
		h = (h * 33 + index("abcdefghijklmnopqrstuvwxyz_0123456789/.-ABCDEFGHIJKLMNOPQRSTUVWXYZ", substr(s, i, 1))) % 1000003
	return h
}
# argument(s, n): the n-th argument of the call that s begins with, its blanks gone
function argument(s, n,    i, c, depth, out) {
	for (i = index(s, "("); i <= length(s); i++) {
		c = substr(s, i, 1)
		if (c == "(" && depth++ == 0)
			continue
		if (c == ")" && --depth == 0)
			break
		if (c == "," && depth == 1)
			n--
		else if (n == 1 && c != " " && c != "\t")
			out = out c
	}
	return out
}
# The functions of one file: body[name], first[name], last[name]; text[line].
function load(f,    l, name, open, i) {
	n = nfn = 0
	split("", body); split("", first); split("", last); split("", text)
	name = open = ""
	while ((getline l < (src "/" f)) > 0) {
		text[++n] = l
		if (l ~ /^[A-Za-z_][^;=]*\(/ && l !~ /^(struct|enum|union)[^(]*[{;]/ && l !~ /:$/) {
			name = l
			sub(/\(.*/, "", name)
			sub(/.*[ *\t]/, "", name)
		}
		if (l ~ /^{/ && name != "") {
			nfn++
			first[name] = n
			open = name
		} else if (l ~ /^}/ && open != "") {
			last[open] = n
			open = name = ""
		}
		if (open != "")
			body[open] = body[open] l "\n"
	}
	close(src "/" f)
	nfn = n > 6000 ? 0 : nfn
}
# all calls of `word` in s: their texts from the word on, split by \001
function calls(s, word,    out, at, rest) {
	rest = s
	while ((at = match(rest, word "\\(")) > 0) {
		out = out substr(rest, at, 400) "\001"
		rest = substr(rest, at + RLENGTH)
	}
	return out
}
function bare(name) { gsub(/[&() ]/, "", name); return name }
function handler(name, kind) {
	name = bare(name)
	if ((name in body) && !(handles[name] ~ kind))
		handles[name] = handles[name] kind
}
function registered(all, word, arg, kind,    i, m, part) {
	m = split(calls(all, word), part, "\001")
	for (i = 1; i < m; i++)
		handler(argument(part[i], arg), kind)
}
function find_handlers(all,    name) {
	split("", handles)
	registered(all, "[^_]request_irq", 2, "h")
	registered(all, "request_threaded_irq", 2, "h")
	registered(all, "devm_request_irq", 3, "h")
	registered(all, "timer_setup", 2, "s")
	registered(all, "tasklet_setup", 2, "s")
	registered(all, "tasklet_init", 2, "s")
	registered(all, "netif_napi_add", 3, "s")
	registered(all, "usb_fill_bulk_urb", 6, "u")    # a URB's completion, with interrupts off
	registered(all, "usb_fill_int_urb", 6, "u")
	registered(all, "INIT_WORK", 2, "w")
	registered(all, "INIT_DELAYED_WORK", 2, "w")
}
# whom f calls in this file, it and what is called there, `depth` deep, into reach[]
function follow(f, depth,    name) {
	reach[f] = 1
	if (!depth)
		return
	for (name in body)
		if (!(name in reach) && index(body[f], name "("))
			follow(name, depth - 1)
}
# marks locks[expression] that f takes by spin_lock*(); `how`: which variants
function taken(s, how,    i, m, part, e) {
	m = split(calls(s, "spin_lock" how), part, "\001")
	for (i = 1; i < m; i++) {
		e = argument(part[i], 1)
		if (e ~ /^&[A-Za-z_0-9]+(->|\.)[A-Za-z_0-9>.-]+$/)
			locks[e] = 1
	}
}
function line_of(f, s,    l) {
	for (l = first[f]; l <= last[f]; l++)
		if (index(text[l], s))
			return l
	return 0
}
function offer(row, key) {
	cand[++ncand] = sprintf("%07d", hash(key)) "\t" row
}
# A function that no handler reaches takes a handler's lock with interrupts or BHs disabled.
function contexts(file,    h, f, e, kinds, all, k) {
	split("", kinds); split("", all)
	for (h in handles) {
		if (handles[h] == "w")
			continue
		split("", reach); split("", locks)
		follow(h, 3)
		for (f in reach) {
			all[f] = 1
			taken(body[f], "")
			taken(body[f], "_irqsave")
		}
		for (e in locks)
			kinds[e] = kinds[e] handles[h]
	}
	for (f in body) {
		if ((f in all) || !(f in last) || last[f] - first[f] > 150)
			continue
		for (e in kinds) {
			split("", locks)
			k = kinds[e] ~ /[hu]/ ? "h" : "b"
			taken(body[f], "_irqsave"); taken(body[f], "_irq")
			if (k == "b")
				taken(body[f], "_bh")
			if (e in locks)
				offer(e OFS k OFS f OFS file OFS line_of(f, e) OFS first[f] OFS last[f], file ":" f ":" e)
		}
	}
}
# A timer's or work's handler gets the record around it and takes a lock there; who waits for it is made to hold that lock.
function waits(file,    h, m, part, i, v, t, e, f, c, x, w) {
	for (h in handles) {
		if (handles[h] !~ /[sw]/)
			continue
		if (match(body[h], /[A-Za-z_]+ *= *(from_timer|from_tasklet|container_of|to_delayed_work)\([^;]*;/) == 0)
			continue
		c = substr(body[h], RSTART, RLENGTH)
		v = c; sub(/ *=.*/, "", v)
		t = argument(c, 3)
		sub(/\.work$/, "", t)
		split("", locks)
		m = split(calls(body[h], "(spin|mutex)_lock(_irqsave|_irq|_bh)?"), part, "\001")
		for (i = 1; i < m; i++) {
			e = argument(part[i], 1)
			if (index(e, "&" v "->") == 1)
				locks[(part[i] ~ /^mutex/ ? "mutex" : "spin") " " substr(e, length(v) + 2)] = 1
		}
		for (f in body) {
			if (!(f in last))
				continue
			for (i = first[f]; i <= last[f]; i++) {
				if (match(text[i], /(del_timer_sync|cancel_work_sync|cancel_delayed_work_sync|tasklet_kill|flush_work)\(&[A-Za-z_]+->[A-Za-z_0-9.]+\);/) == 0)
					continue
				c = substr(text[i], RSTART, RLENGTH)
				x = argument(c, 1)
				if (substr(x, length(x) - length(t) - 1) != "->" t)
					continue
				x = substr(x, 1, length(x) - length(t) - 2)
				for (e in locks) {
					split(e, w, " ")
					if (w[1] == "mutex" && handles[h] != "w")
						continue
					offer(x w[2] OFS "w" OFS f OFS file OFS i OFS first[f] OFS last[f] OFS c OFS \
						(w[1] == "mutex" ? "mutex_lock" : handles[h] == "w" ? "spin_lock" : "spin_lock_bh") OFS \
						(w[1] == "mutex" ? "mutex_unlock" : handles[h] == "w" ? "spin_unlock" : "spin_unlock_bh"), file ":" f ":" e)
				}
			}
		}
	}
}
{
	load($1)
	if (!nfn)
		next
	all = ""
	for (f in body)
		all = all body[f]
	find_handlers(all)
	contexts($1)
	waits($1)
}
END {
	sorter = "sort"
	for (i = 1; i <= ncand; i++)
		print cand[i] | sorter
	close(sorter)
}
