#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs the cases: each is NAME.c (and NAME.2.c, NAME.h, directories in NAME.d) with NAME.expect beside it, scanned into a
# database of its own.  The expectation is written from lockdep's rules, not from what we print:
#
#   usage CLASS BITS                      every class, by lockdep's name; maps apart
#   dep FROM -> TO KIND                   every dependency between them
#   finding KIND RANK FROM -> TO          every finding of rank high or medium (one class: its name;
#     ROLE FUNCTION FILE:LINE             a circle: the names sorted), and frames its witnesses must have
#     entered CONTEXT: ROLE, registered at FILE:LINE    ... and how they are entered, where the case is about that
#   N findings
#
# A "*" in an expectation stands for anything.  "check: OPTION..." in the case's comment gives
# options to `statdep check`.  NAME.known beside NAME.expect is a wrong answer that we know of: the
# case passes while the answer is that one, and fails when it changes, for better or worse.
#
#   cases.sh [-s STATDEP] [-d DIR] [NAME...]      NAME is rule/name or a part of it
#   cases.sh -u NAME                              writes NAME.expect from what we print; read the diff
set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
dir=$here/cases
statdep=${STATDEP:-}
update=
while getopts us:d: o; do
	case $o in
	u) update=1 ;;
	s) statdep=$OPTARG ;;
	d) dir=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ -n "$statdep" ] || statdep=$here/../build/release/analyzer/statdep
statdep=$(realpath "$statdep")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# One line per fact; the awk below puts them into the order of an expectation.
sql="SELECT 'u|usage ' || iif(c.lockdep_name <> '', c.lockdep_name, c.name) || ' ' || u.bits AS x
	FROM v_usage u JOIN v_class c ON c.id = u.class WHERE coalesce(c.lock_type, '') NOT IN ('', 'map')
UNION ALL SELECT DISTINCT 'd|dep ' || iif(a.lockdep_name <> '', a.lockdep_name, a.name) || ' -> ' ||
	iif(b.lockdep_name <> '', b.lockdep_name, b.name) || ' ' || d.kind
	FROM v_dependency d JOIN v_class a ON a.id = d.from_class JOIN v_class b ON b.id = d.to_class
	WHERE coalesce(a.lock_type, '') NOT IN ('', 'map') AND coalesce(b.lock_type, '') NOT IN ('', 'map')
UNION ALL SELECT 'f|' || f.id || '|' || f.kind || '|' || f.rank || '|' ||
	coalesce(nullif(a.lockdep_name, ''), a.name, '') || '|' || coalesce(nullif(b.lockdep_name, ''), b.name, '')
	FROM v_finding f LEFT JOIN v_class a ON a.id = f.from_class LEFT JOIN v_class b ON b.id = f.to_class
	WHERE f.rank <> 'low'
UNION ALL SELECT 'w|' || w.finding || '|' || w.role || ' ' || w.function || ' ' || w.file || ':' || w.line
	FROM v_witness w JOIN v_finding f ON f.id = w.finding WHERE f.rank <> 'low'
UNION ALL SELECT 'e|' || w.finding || '|' || w.text
	FROM v_witness w JOIN v_finding f ON f.id = w.finding WHERE f.rank <> 'low' AND w.text LIKE '%registered at%'"

# compile_commands DIR FILE...: a compilation database for the stub headers.
compile_commands()
{
	local d=$1 sep='[' f
	shift
	for f; do
		printf '%s{"directory": "%s", "file": "%s", "arguments": ["clang", "-nostdinc", "-std=gnu11", "-Wno-everything", "-I%s/include", "-c", "%s"]}' \
			"$sep" "$d" "$f" "$here" "$f"
		sep=,
	done
	printf ']\n'
}

# answer CASE DIR: what statdep says of the case, in the form of an expectation.
answer()
{
	local c=$1 d=$2 base opts status
	base=$(basename "$c")
	mkdir -p "$d"
	cp "$c.c" "$d/"
	[ ! -e "$c.2.c" ] || cp "$c.2.c" "$d/"
	[ ! -e "$c.h" ] || cp "$c.h" "$d/"
	[ ! -e "$c.d" ] || cp -r "$c.d"/. "$d/"
	opts=$(sed -n 's/^ \* check: //p' "$c.c")
	(
		cd "$d" || exit 2
		shopt -s nullglob
		compile_commands "$d" *.c */*.c >compile_commands.json
		"$statdep" scan -p . -o case.db >scan.log 2>&1 || { echo "scan: exit $?"; cat scan.log; exit 1; }
		# shellcheck disable=SC2086
		"$statdep" check $opts case.db >check.log 2>&1
		status=$?
		[ $status -le 1 ] || { echo "check: exit $status"; cat check.log; exit 1; }
		# shellcheck disable=SC2086
		"$statdep" sql $opts case.db "$sql" >sql.log 2>&1 || { echo "sql: exit $?"; cat sql.log; exit 1; }
		sed '1d; s/ *$//' sql.log | awk -v status="$status" -v asks_entry="$(grep -c '^  entered ' "$c.expect" 2>/dev/null)" -F'|' '
		$1 == "u" || $1 == "d" { print $1 "|" $2; next }
		$1 == "f" {
			n++
			if ($4 == "high")
				high = 1
			from = $5; to = $6
			if ($3 == "circular" && to < from) { to = $5; from = $6 }
			head[$2] = "finding " $3 " " $4 " " from (to == "" || to == from ? "" : " -> " to)
			next
		}
		$1 == "e" && asks_entry && !seen[$0]++ { sub(/ [^ ]*\//, " ", $3); frames[$2] = frames[$2] "\n  entered " $3; next }
		$1 == "w" && !seen[$0]++ { sub(/ [^ ]*\//, " ", $3); frames[$2] = frames[$2] "\n  " $3; next }
		END {
			for (f in head) {
				gsub(/\n/, "\001", frames[f])
				print "f|" head[f] frames[f]
			}
			print "z|" n + 0 " finding" (n == 1 ? "" : "s")
			if (status != (high ? 1 : 0))
				print "z|exit " status
		}' | sort -t'|' -k1,1r -k2 | awk -F'|' '
		# u d f z in this order; the frames of a finding sorted
		{ line[$1] = line[$1] $2 "\n" }
		END { printf "%s%s%s%s", line["u"], line["d"], line["f"], line["z"] }' |
		awk '/^finding/ {
			m = split($0, p, "\001")
			print p[1]
			for (i = 2; i <= m; i++)
				print p[i] | "sort"
			close("sort")
			next
		} { print }'
	)
}

# Frames that the expectation does not ask for are dropped from the answer; "*" matches anything.
fit()
{
	awk '
	function glob(s) {
		gsub(/[][\\.^$+?(){}|]/, "\\\\&", s)
		gsub(/\*/, ".*", s)
		return "^" s "$"
	}
	NR == FNR { want[++n] = $0; re[n] = glob($0); next }
	/^finding/ { at = 0; for (i = 1; i <= n; i++) if (want[i] ~ /^finding/ && !used[i] && $0 ~ re[i]) { at = i; used[i] = 1; break } }
	/^  / && at {
		for (i = at + 1; i <= n && want[i] ~ /^  /; i++)
			if (!used[i] && $0 ~ re[i]) { used[i] = 1; got[i] = 1; break }
		all[at] = all[at] $0 "\n"
		next
	}
	/^finding/ && at {
		out[++m] = "@" at
		next
	}
	{ out[++m] = $0 }
	END {
		for (k = 1; k <= m; k++) {
			if (out[k] !~ /^@/) { print out[k]; continue }
			at = substr(out[k], 2)
			print want[at]
			miss = 0
			for (i = at + 1; i <= n && want[i] ~ /^  /; i++)
				if (got[i]) print want[i]; else miss = 1
			if (miss)
				printf "%s", all[at]
		}
	}' "$1" -
}

passed=0 failed=0 known=0
for c in "$dir"/*/*.c; do
	case $c in *.[0-9].c) continue ;; esac
	c=${c%.c}
	name=${c#"$dir"/}
	if [ $# -gt 0 ]; then
		hit=
		for want; do case $name in *"$want"*) hit=1 ;; esac; done
		[ -n "$hit" ] || continue
	fi
	d=$tmp/$name
	answer "$c" "$d" >"$tmp/raw" 2>&1
	if [ -n "$update" ]; then
		{ diff -u "$c.expect" "$tmp/raw" || cp "$tmp/raw" "$c.expect"; } 2>&1
		continue
	fi
	# an expectation that says nothing would fit anything
	grep -Eq '^([0-9]+ findings?|exit )' "$c.expect" || { failed=$((failed + 1)); echo "FAIL $name: $c.expect asks for nothing"; continue; }
	fit "$c.expect" <"$tmp/raw" >"$tmp/out"
	if [ -e "$c.known" ]; then
		if cmp -s "$c.known" "$tmp/out"; then
			known=$((known + 1))
		else
			failed=$((failed + 1))
			echo "FAIL $name: the known wrong answer has changed"
			diff -u --label known --label now "$c.known" "$tmp/out"
		fi
	elif cmp -s "$c.expect" "$tmp/out"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $name"
		diff -u --label expected --label printed "$c.expect" "$tmp/out"
	fi
	rm -rf "$d"
done
[ -n "$update" ] && exit 0
[ $known -eq 0 ] || echo "$known known wrong answers"
echo "cases: $passed passed, $failed failed"
[ $failed -eq 0 ] && [ $((passed + known)) -gt 0 ]
