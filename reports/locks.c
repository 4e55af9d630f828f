/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * locks.c - `statdep locks`: every class in a line, or one class with every site and trace.
 */
#include <string.h>
#include "classref.h"
#include "view.h"

#define NAME_MAX_WIDTH 48       /* longer names push their line out rather than every line */

struct columns { int type, name, lockdep; };

static int widen(int width, const char *s)
{
	return MAX(width, MIN((int)strlen(s), NAME_MAX_WIDTH));
}

static struct columns measure(const struct sd_results *r)
{
	struct columns w = { 4, 5, 12 };

	for (size_t i = 0; i < r->nclass; i++) {
		w.type = widen(w.type, r->classes[i].lock_type);
		w.name = widen(w.name, r->classes[i].name);
		w.lockdep = widen(w.lockdep, r->classes[i].lockdep_name);
	}
	return w;
}

static void print_row(const struct sd_results *r, uint32_t id, const struct columns *w, FILE *out)
{
	const struct sd_class *c = &r->classes[id];
	char *init = *c->file ? g_strdup_printf("%s:%d", c->file, c->line) : g_strdup("-");
	size_t n;

	sd_class_sites(r, id, &n);
	fprintf(out, "{%s}  %-*s  %5zu  %-*s  %-*s  %s\n", c->bits, w->type, c->lock_type, n, w->name, c->name,
		w->lockdep, *c->lockdep_name ? c->lockdep_name : "-", init);
	g_free(init);
}

static void print_all(const struct sd_results *r, FILE *out)
{
	struct columns w = measure(r);

	fprintf(out, "%-6s  %-*s  %5s  %-*s  %-*s  %s\n", "bits", w.type, "type", "sites", w.name, "class",
		w.lockdep, "lockdep name", "init");
	for (uint32_t i = 0; i < r->nclass; i++)
		print_row(r, i, &w, out);
}

static void print_neighbours(const struct sd_results *r, uint32_t id, bool from, FILE *out)
{
	bool any = false;

	for (size_t i = 0; i < r->ndep; i++) {
		const struct sd_dep *d = &r->deps[i];
		const struct sd_class *other = &r->classes[from ? d->to : d->from];
		char *kinds;

		if ((from ? d->from : d->to) != id)
			continue;
		if (!any)
			fputs(from ? "taken while it is held:\n" : "held while it is taken:\n", out);
		any = true;
		kinds = sd_dep_kinds(d->kinds);
		sd_text_class(other, out);
		fprintf(out, "  -(%s)->\n", kinds);
		g_free(kinds);
	}
	if (any)
		fputc('\n', out);
}

static void print_one(const struct sd_results *r, uint32_t id, FILE *out)
{
	const struct sd_class *c = &r->classes[id];
	char *init = sd_class_init(c);

	sd_text_class(c, out);
	fprintf(out, ", %s%s\n\n", init, c->is_map ? ", a lockdep map" : "");
	sd_text_sites(r, id, NULL, out);
	fputc('\n', out);
	for (unsigned bit = 0; bit < SD_U_COUNT; bit++) {
		if (!c->wit[bit])
			continue;
		fprintf(out, "%s at:\n", sd_usage_name[bit]);
		sd_text_trace(c->wit[bit], 3, out);
		fputc('\n', out);
	}
	print_neighbours(r, id, false, out);
	print_neighbours(r, id, true, out);
	g_free(init);
}

int sd_locks_write(const struct sd_results *r, const char *class_name, FILE *out, char **err)
{
	uint32_t id;

	if (!class_name)
		print_all(r, out);
	else if (sd_class_ref(r, class_name, &id, err))
		return -1;
	else
		print_one(r, id, out);
	if (!sd_flush(out))
		return 0;
	*err = g_strdup("cannot write the output");
	return -1;
}
