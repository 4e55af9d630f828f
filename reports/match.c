/* SPDX-License-Identifier: GPL-2.0-or-later */
/* match.c - statdep match: every lockdep report of a log against the results. */
#include <stdio.h>
#include <string.h>
#include "match.h"
#include "view.h"

static void summary_line(const struct mreport *m, FILE *out)
{
	fprintf(out, "line %u: %s: ", m->sp->line, m->sp->headline);
	if (m->verdict == M_NOT_ALL)
		fprintf(out, "not all there, %u missing\n", m->missing->len);
	else
		fprintf(out, "%s\n", m->verdict == M_IN_CODE ? "in the code" : "not checked");
}

static void text_answer(const struct mindex *ix, const struct mreport *m, size_t n, bool all, FILE *out)
{
	for (size_t i = 0; i < n; i++) {
		match_text(ix, &m[i], out);
		fprintf(out, "\n");
	}
	for (size_t i = 0; i < n; i++)
		summary_line(&m[i], out);
	fprintf(out, "%s\n", all ? "all in the code" : "not all in the code");
}

static char *no_report(const struct sd_splats *s)
{
	if (!s->n)
		return g_strdup("no lockdep report in this text (its headlines are lines such as "
				"\"WARNING: possible circular locking dependency detected\")");
	return g_strdup_printf("no lockdep report that statdep checks: line %u has \"%s\", which is recognised only",
			       s->v[0]->line, s->v[0]->headline);
}

static int answer(const struct mindex *ix, const struct sd_splats *s, bool json, FILE *out, char **err)
{
	struct mreport *m = g_new0(struct mreport, s->n + 1);
	size_t checked = 0;
	bool all = true;
	int rc;

	for (size_t i = 0; i < s->n; i++) {
		match_check(ix, s->v[i], &m[i]);
		checked += m[i].verdict != M_OUT_OF_SCOPE;
		all &= m[i].verdict != M_NOT_ALL;
	}
	rc = checked ? !all : 2;
	if (rc == 2)
		*err = no_report(s);
	else if (json)
		match_json(ix, m, s->n, all, out);
	else
		text_answer(ix, m, s->n, all, out);
	for (size_t i = 0; i < s->n; i++)
		match_report_free(&m[i]);
	g_free(m);
	return rc;
}

int sd_match_write(const struct sd_results *r, const char *text, size_t len, bool json, FILE *out, char **err)
{
	struct sd_arena *a = sd_arena_new();
	struct sd_splats s = sd_splat_parse(a, text, len);
	struct mindex *ix;
	int rc;

	*err = NULL;
	if (!s.n) {
		*err = no_report(&s);
		sd_arena_free(a);
		return 2;
	}
	ix = mindex_new(r, a);
	rc = answer(ix, &s, json, out, err);
	mindex_free(ix);
	sd_arena_free(a);
	return rc;
}
