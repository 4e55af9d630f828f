/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text_trace.c - the pieces a text report is made of: a class, a call trace, a table of sites.
 */
#include <string.h>
#include "view.h"

/* " (&timer->lock){-.-.}", as print_lock_name(); then what lockdep cannot say: which member it is. */
void sd_text_class(const struct sd_class *c, FILE *out)
{
	fprintf(out, " (%s){%s} %s %s%s", sd_class_label(c), c->bits, c->lock_type, c->name,
		c->by_type_only ? " [by type only: may stand for several classes]" : "");
}

static void print_step(const struct sd_step *s, int indent, FILE *out)
{
	fprintf(out, "%*s%s", indent, "", *s->function ? s->function : "?");
	if (*s->file)
		fprintf(out, "  %s:%d", s->file, s->line);
	if (*s->via)
		fprintf(out, "  [calls through %s]", s->via);
	fputc('\n', out);
}

/* Innermost first, as a stack trace; the last line says how the kernel gets into the outermost. */
void sd_text_trace(const struct sd_witness *w, int indent, FILE *out)
{
	if (!w) {
		fprintf(out, "%*s(no witness kept)\n", indent, "");
		return;
	}
	for (size_t i = 0; i < w->nsteps; i++)
		print_step(&w->steps[i], indent, out);
	if (*w->entry)
		fprintf(out, "%*sentered: %s\n", indent, "", w->entry);
	else
		fprintf(out, "%*sentered: no entry known\n", indent, "");
	if (!w->proved)
		fprintf(out, "%*sassumed: context or irq state is not proved on this path\n", indent, "");
}

struct widths { int function, place; };

static int place_len(const struct sd_acquire *a)
{
	return (int)strlen(a->file) + g_snprintf((char[12]){ 0 }, 12, ":%d", a->line);
}

static struct widths site_widths(const struct sd_acquire *a, size_t n)
{
	struct widths w = { 8, 9 };

	for (size_t i = 0; i < n; i++) {
		w.function = MAX(w.function, (int)strlen(a[i].function));
		w.place = MAX(w.place, place_len(&a[i]));
	}
	return w;
}

/* Which claim of the finding a site can bear out: the answer to "are there others?". */
static const char *site_note(const struct sd_finding *f, uint32_t class, const struct sd_acquire *a)
{
	bool irq = f && (f->kind == SD_K_IRQ_INVERSION || f->kind == SD_K_INCONSISTENT);

	if (irq && class == f->chain[0] && sd_site_sets(a, f->safe_bit))
		return sd_usage_name[f->safe_bit];
	if (irq && class == f->chain[f->nchain - 1] && sd_site_sets(a, f->unsafe_bit))
		return sd_usage_name[f->unsafe_bit];
	return "";
}

static void print_site(const struct sd_acquire *a, const struct widths *w, const char *note, FILE *out)
{
	fprintf(out, "   %-*s  %s:%d%*s  %-4c  %-7s  %-8s  %-8s  %s", w->function, a->function, a->file,
		a->line, w->place - place_len(a), "", a->mode, a->context, a->hardirqs, a->softirqs,
		a->trylock ? "yes" : "no");
	fprintf(out, "%s%s\n", !*note ? "" : a->trylock ? "  <-- " : "   <-- ", note);
}

/* @f NULL: no site is marked. */
void sd_text_sites(const struct sd_results *r, uint32_t class, const struct sd_finding *f, FILE *out)
{
	size_t n;
	const struct sd_acquire *a = sd_class_sites(r, class, &n);
	struct widths w = site_widths(a, n);

	fputs("all sites of", out);
	sd_text_class(&r->classes[class], out);
	fprintf(out, ": %zu\n", n);
	if (!n)
		return;
	fprintf(out, "   %-*s  %-*s  mode  context  hardirqs  softirqs  try\n", w.function, "function",
		w.place, "file:line");
	for (size_t i = 0; i < n; i++)
		print_site(&a[i], &w, site_note(f, class, &a[i]), out);
}
