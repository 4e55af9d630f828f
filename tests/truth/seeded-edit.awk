# SPDX-License-Identifier: GPL-2.0-or-later
# seeded: the file with the mistakes made in it.
FNR == NR {
	if ($4 == file) {
		kind[++n] = $2
		first[n] = $6
		last[n] = $7
	}
	next
}
{
	line = $0
	for (i = 1; i <= n; i++) {
		if (FNR < first[i] || FNR > last[i])
			continue
		if (kind[i] == "h") {
			gsub(/_lock_irq\(/, "_lock(", line)
			gsub(/_unlock_irq\(/, "_unlock(", line)
			if (line ~ /_(un)?lock_irq(save|restore)\(/) {
				sub(/_lock_irqsave\(/, "_lock(", line)
				sub(/_unlock_irqrestore\(/, "_unlock(", line)
				sub(/, *[*]?[A-Za-z_]+\)/, ")", line)
			}
		} else {
			gsub(/_lock_bh\(/, "_lock(", line)
			gsub(/_unlock_bh\(/, "_unlock(", line)
		}
	}
	print line
}
