# SPDX-License-Identifier: GPL-2.0-or-later
# compdb.awk: `make -n` on stdin, one compile command per C file on stdout: FILE <tab> COMMAND, FILE
# relative to SRC (-v src=...).  Only the plain compilation counts: not symbol versions, not .cmd files.
{
	line = $0
	at = match(line, /(^|[; \t])[^ ;]*(clang|gcc)[^ ;]* -Wp,-MMD,/)
	if (!at)
		next
	line = substr(line, at)
	sub(/^[; \t]+/, "", line)
	if (!match(line, / -c -o [^ ]+\.o [^ ]+\.c/))
		next
	command = substr(line, 1, RSTART + RLENGTH - 1)
	if (command ~ / -E /)
		next
	file = command
	sub(/.* /, "", file)
	if (index(file, src "/") == 1)
		file = substr(file, length(src) + 2)
	if (!seen[file]++)
		print file "\t" command
}
