/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text.c - the report for people: lockdep's splat, told from source instead of from a run.
 *
 * Shape and words are those of the print_*() functions of kernel/locking/lockdep.c (v6.1), so
 * that who reads splats reads this; no pids, addresses or times, which a static tool has not.
 */
#include <string.h>
#include "view.h"

struct text {
	const struct sd_results *r;
	FILE *out;
	uint32_t *listed;       /* by class: id of the finding that lists its sites already, 0 none */
};

static void list_sites(struct text *t, const struct sd_finding *f)
{
	for (size_t i = 0; i < f->nchain; i++) {
		uint32_t class = f->chain[i];

		if (t->listed[class] == f->id)
			continue;
		if (t->listed[class]) {
			fputs("all sites of", t->out);
			sd_text_class(&t->r->classes[class], t->out);
			fprintf(t->out, ": see finding %u\n\n", t->listed[class]);
			continue;
		}
		t->listed[class] = f->id;
		sd_text_sites(t->r, class, f, t->out);
		fputc('\n', t->out);
	}
}

static int text_write(const struct sd_results *r, const struct sd_report_opts *o, FILE *out)
{
	struct text t = { .r = r, .out = out, .listed = g_new0(uint32_t, r->nclass + 1) };

	for (size_t i = 0; i < r->nfinding; i++) {
		const struct sd_finding *f = &r->findings[i];

		if (!sd_shown(o, f))
			continue;
		sd_text_finding(r, f, out);
		if (o->all_sites)
			list_sites(&t, f);
	}
	sd_text_summary(r, o, out);
	sd_text_coverage(r, out);
	g_free(t.listed);
	return sd_flush(out);
}

const struct sd_report sd_report_text = { "text", text_write };
