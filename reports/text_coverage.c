/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text_coverage.c - the end of every text report: how much was found, and what was not looked at.
 *
 * Silence about coverage is the worst bug a checker can have: this part is printed with no
 * findings too, and names every gap or says where the rest can be read.
 */
#include <string.h>
#include "view.h"

#define GAPS_LISTED 20

static void print_by(const char *sep, unsigned n, const char *word, bool *first, FILE *out)
{
	char num[16];

	if (!n)
		return;
	fprintf(out, "%s%s %s", *first ? "" : sep, sd_thousands(n, num), word);
	*first = false;
}

void sd_text_summary(const struct sd_results *r, const struct sd_report_opts *o, FILE *out)
{
	struct sd_counts c;
	char num[16];
	bool first = true;

	sd_count(r, o, &c);
	fprintf(out, "%s %s", sd_thousands((unsigned)r->nfinding, num), r->nfinding == 1 ? "finding" : "findings");
	for (unsigned i = 0; i < 3; i++) {
		if (first && c.rank[i])
			fputs(": ", out);
		print_by(", ", c.rank[i], sd_rank_name[i], &first, out);
	}
	fputc('\n', out);
	first = true;
	for (unsigned i = 0; i < SD_K_COUNT; i++) {
		if (first && c.kind[i])
			fputs("by kind: ", out);
		print_by(", ", c.kind[i], sd_finding_kind_name[i], &first, out);
	}
	if (!first)
		fputc('\n', out);
	if (c.below)
		fprintf(out, "not shown: %s below rank %s\n", sd_thousands(c.below, num), sd_rank_name[o->min_rank]);
	if (c.skipped)
		fprintf(out, "not shown: %s in the baseline\n", sd_thousands(c.skipped, num));
}

/* What a gap's `what` is called in a sentence; a kind that is not here prints as it is. */
static const struct { const char *what, *words; } gap_words[] = {
	{ "failed-tu", "TUs that failed" },
	{ "unresolved-call", "calls through pointers under a lock, targets not known" },
	{ "unknown-lock", "lock calls whose class is not known" },
	{ "truncated", "functions with more states than were followed" },
	{ "undefined-function", "functions called but defined in no analysed TU" },
	{ "unreadable-function", "stored functions that cannot be read" },
	{ "low-rank", "findings that are not listed" },
	{ "no-witness", "findings that were given up" },
	{ "unused-rule", "rules whose name occurs in no TU" },
};

static const char *words_for(const char *what)
{
	for (size_t i = 0; i < G_N_ELEMENTS(gap_words); i++)
		if (!strcmp(gap_words[i].what, what))
			return gap_words[i].words;
	return what;
}

static void print_gap(const struct sd_gap *g, FILE *out)
{
	fputs("    ", out);
	if (*g->file && g->line)
		fprintf(out, "%s:%d: ", g->file, g->line);
	else if (*g->file)
		fprintf(out, "%s: ", g->file);
	if (*g->function)
		fprintf(out, "%s%s", g->function, *g->text ? ": " : "");
	fprintf(out, "%s\n", g->text);
}

/* Gaps are sorted by `what`: a run of equal ones is a group. */
static size_t print_group(const struct sd_gap *g, size_t n, FILE *out)
{
	size_t len = 1, shown;
	char num[16];

	while (len < n && !strcmp(g[len].what, g[0].what))
		len++;
	fprintf(out, "  %s: %s\n", words_for(g[0].what), sd_thousands((unsigned)len, num));
	shown = MIN(len, (size_t)GAPS_LISTED);
	for (size_t i = 0; i < shown; i++)
		print_gap(&g[i], out);
	if (len > shown)
		fprintf(out, "    (%s more: statdep sql \"SELECT * FROM v_gap WHERE what = '%s'\")\n",
			sd_thousands((unsigned)(len - shown), num), g[0].what);
	return len;
}

/* "calls through pointers: 5 of 7 resolved" */
static void print_share(const char *what, unsigned done, unsigned all, const char *word, FILE *out)
{
	char a[16], b[16];

	if (all)
		fprintf(out, "  %s: %s of %s %s\n", what, sd_thousands(done, a), sd_thousands(all, b), word);
}

void sd_text_coverage(const struct sd_results *r, FILE *out)
{
	const struct sd_coverage *c = &r->cov;
	char a[16], b[16];

	fprintf(out, "analysed %s of %s TUs, ", sd_thousands(c->tus - c->tus_failed, a), sd_thousands(c->tus, b));
	fprintf(out, "%s functions, ", sd_thousands(c->functions, a));
	fprintf(out, "%s lock classes, %s dependencies\n", sd_thousands((unsigned)r->nclass, a),
		sd_thousands((unsigned)r->ndep, b));
	print_share("lock calls", c->acquires - c->acquires_unknown, c->acquires, "with a known class", out);
	print_share("calls through pointers", c->indirect_resolved, c->indirect, "resolved", out);
	print_share("  of these under a lock", c->indirect_locked_resolved, c->indirect_locked, "resolved", out);
	if (strcmp(r->read_lock, "context"))
		fprintf(out, "  read_lock() taken as %s (--read-lock=%s)\n", r->read_lock, r->read_lock);
	if (!r->ngap && !c->tus_failed && !c->truncated) {
		fputs("what was not analysed: nothing known\n", out);
		return;
	}
	fputs("what was not analysed:\n", out);
	for (size_t i = 0; i < r->ngap; )
		i += print_group(r->gaps + i, r->ngap - i, out);
}
