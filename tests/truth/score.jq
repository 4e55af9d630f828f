# SPDX-License-Identifier: GPL-2.0-or-later
# score.jq: a report (check --format json --min-rank low) judged against one pair ($pair).
# Prints: VERDICT <tab> detail.  VERDICT: high medium low other none.

# "struct T.field (where)": T.field, and what the parentheses name
def names: sub("^(struct|timer|hrtimer|work) "; "") |
	[sub(" *\\(.*"; "")] + [capture("\\((?<x>[^)]*)\\)").x | sub("^static "; "")] |
	map(select(test(" ") | not));
def ends($n): . == $n or endswith("." + $n) or endswith(":" + $n);
def member: sub(".*[.:/]"; "");

def functions: [(.witnesses // [])[].steps[].function,
	((.dependencies // [])[] | .held.function, .witness.steps[].function)];

($pair.locks[0] | names) as $want |
($pair.unsafe | map(.func)) as $unsafe |
([.findings[].classes[].name] | unique) as $all |
([$all[] | select(. as $c | any($want[]; . as $w | $c | ends($w)))]) as $exact |
# a container that hides the record (a private area, an embedded member): the member's name decides
(if $exact != [] then $exact else
	[$all[] | select(. as $c | any($want[]; member == ($c | member)))] end) as $classes |
{ "inconsistent-state": ["inconsistent-state", "irq-inversion"], "irq-inversion": ["irq-inversion", "inconsistent-state"],
  "abba": ["circular", "recursive"], "recursive": ["recursive", "circular"] }[$pair.kind] as $kinds |
[.findings[] | . as $f | ($kinds | index($f.kind)) as $k | select($k != null) |
	select(any(.classes[].name; . as $c | $classes | index($c))) |
	select(any(functions[]; . as $x | $unsafe | index($x))) |
	{ id, kind, rank, title, rank_reason,
	  order: ({ high: 0, medium: 0, low: 20 }[.rank] + $k * 10 + { high: 0, medium: 1, low: 2 }[.rank]), other: ($k > 0) }] |
sort_by(.order) | .[0] |
if . == null then "none\t"
elif .rank != "low" and .other then "other\t#\(.id) \(.kind) \(.rank)"
else "\(.rank)\t#\(.id)\(if .other then " " + .kind else "" end) \(.title)\(if .rank == "low" then " [" + .rank_reason + "]" else "" end)" end
