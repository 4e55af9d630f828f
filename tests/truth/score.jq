# SPDX-License-Identifier: GPL-2.0-or-later
# score.jq: a report (check --format json --min-rank low) judged against one pair ($pair).
# Prints: VERDICT <tab> detail.  VERDICT: high, medium, low; other (another kind of the same lock);
# site (right kind and lock, but the witness is another function of the same fault); none.
# $classes: the names of all lock classes, a line each.
# $edited: the functions that the record's edits lie in; they are as wrong as the one it names.

# "struct T.field (where)": T.field, and what the parentheses name
def names: sub("^(struct|timer|hrtimer|work) "; "") |
	[sub(" *\\(.*"; "")] + [capture("\\((?<x>[^)]*)\\)").x | sub("^static "; "")] |
	map(select(test(" ") | not));
def ends($n): ltrimstr("*") | . == $n or endswith("." + $n) or endswith(":" + $n);
def member: sub(".*[.:/]"; "");

def functions: [.witnesses[]?.steps[]?.function,
	(.dependencies[]? | .held.function, .witness.steps[]?.function)];

($pair.locks[0] | names) as $want |
(($pair.unsafe | map(.func)) + $edited) as $unsafe |
($classes | split("\n")) as $all |
([$all[] | select(. as $c | any($want[]; . as $w | $c | ends($w)))]) as $exact |
# A container may hide the record (an embedded member, a private area, a variable): then the member's name
# decides, unless it is one that any record may have.
([$all[] | select(. as $c | any($want[]; member == ($c | member))) |
	select($exact == [] or (split(".") | length) > 2 or member != "lock")]) as $alike |
($exact + $alike) as $mine |
{ "inconsistent-state": ["inconsistent-state", "irq-inversion"], "irq-inversion": ["irq-inversion", "inconsistent-state"],
  "abba": ["circular", "recursive"], "recursive": ["recursive", "circular"] }[$pair.kind] as $kinds |
[.findings[] | . as $f | ($kinds | index($f.kind)) as $k | select($k != null) |
	select(any(.classes[].name; . as $c | $mine | index($c))) |
	{ id, kind, rank, title, rank_reason, here: any(functions[]; . as $x | $unsafe | index($x)),
	  order: ({ high: 0, medium: 1, low: 20 }[.rank] + $k * 4), other: ($k > 0) }] |
(map(select(.here)) | sort_by(.order) | .[0]) as $best |
(map(select(.here | not) | select(.rank != "low" and (.other | not))) | .[0]) as $site |
def text: "#\(.id) \(.kind) \(.rank) \(.title)\(if .rank == "low" then " [" + .rank_reason + "]" else "" end)";
if $best and $best.rank != "low" and ($best.other | not) then "\($best.rank)\t\($best | text)"
elif $best and $best.rank != "low" then "other\t\($best | text)"
elif $site then "site\t\($site | text)"
elif $best then "low\t\($best | text)"
else "none\t" end
