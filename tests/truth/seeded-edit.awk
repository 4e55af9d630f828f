# SPDX-License-Identifier: GPL-2.0-or-later
# seeded: the file with the mistakes made in it.
FNR == NR {
	if ($4 == file) {
		kind[++n] = $2
		at[n] = $5
		first[n] = $6
		last[n] = $7
		call[n] = $8
		wrapped[n] = "{ " $9 "(" $1 "); " $8 " " $10 "(" $1 "); }"
	}
	next
}
{
	line = $0
	for (i = 1; i <= n; i++) {
		if (FNR < first[i] || FNR > last[i])
			continue
		if (kind[i] == "w") {
			where = FNR == at[i] ? index(line, call[i]) : 0
			if (where)
				line = substr(line, 1, where - 1) wrapped[i] substr(line, where + length(call[i]))
			continue
		}
		if (kind[i] != "s") {
			gsub(/_lock_irq\(/, "_lock(", line)
			gsub(/_unlock_irq\(/, "_unlock(", line)
			if (line ~ /_(un)?lock_irq(save|restore)\(/) {
				sub(/_lock_irqsave\(/, "_lock(", line)
				sub(/_unlock_irqrestore\(/, "_unlock(", line)
				sub(/, *[*]?[A-Za-z_]+\)/, ")", line)
			}
		}
		if (kind[i] != "h") {
			gsub(/_lock_bh\(/, "_lock(", line)
			gsub(/_unlock_bh\(/, "_unlock(", line)
		}
	}
	print line
}
