/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text_finding.c - one finding as text: banner, locks, scenario, traces; in that order, as lockdep.
 */
#include <string.h>
#include "view.h"

#define INDENT 3

static void rule_line(char c, size_t n, FILE *out)
{
	while (n--)
		fputc(c, out);
	fputc('\n', out);
}

static void print_banner(const struct sd_finding *f, FILE *out)
{
	char *head = sd_headline(f);
	const char *warning = strstr(head, "BUG: ") ? "" : "WARNING: ";
	size_t width = strlen(warning) + strlen(head);

	rule_line('=', width, out);
	fprintf(out, "%s%s\n", warning, head);
	fprintf(out, "statdep finding %u, rank %s, fingerprint %s\n", f->id, sd_rank_name[f->rank], f->fingerprint);
	if (*f->rank_reason)
		fprintf(out, "rank: %s\n", f->rank_reason);
	rule_line('-', width, out);
	g_free(head);
}

static void print_class(const struct sd_results *r, uint32_t class, FILE *out)
{
	char *init = sd_class_init(&r->classes[class]);

	sd_text_class(&r->classes[class], out);
	fprintf(out, ", %s\n", init);
	g_free(init);
}

/* "taken in hardirq", "read-locked with softirqs on". */
static void print_usage_words(enum sd_usage bit, FILE *out)
{
	static const char *const words[SD_U_COUNT] = {
		"taken in hardirq", "taken for reading in hardirq",
		"taken in softirq", "taken for reading in softirq",
		"taken with hardirqs on", "taken for reading with hardirqs on",
		"taken with softirqs on", "taken for reading with softirqs on",
	};

	fputs(words[bit], out);
}

static void print_acquired(const struct sd_results *r, const struct sd_finding *f, size_t i, int indent,
			   const char *title, FILE *out)
{
	const struct sd_dep *d = &r->deps[f->deps[i]];
	unsigned bit = f->kind_bit[i] & 3;
	const struct sd_step *held = &d->held[bit];

	fprintf(out, "%s, -(%s)->:\n", title, sd_dep_kind_name(bit));
	sd_text_trace(sd_dep_witness(r, f, i), indent, out);
	if (held->function && *held->function)
		fprintf(out, "%*swhile holding (%s), taken in %s  %s:%d\n", indent, "",
			sd_class_label(&r->classes[d->from]), held->function, held->file, held->line);
}

/* Every usage bit of a class with its trace, those apart that were told above. */
static void print_usages(const struct sd_results *r, const struct sd_finding *f, size_t i, FILE *out)
{
	const struct sd_class *c = &r->classes[f->chain[i]];

	for (unsigned bit = 0; bit < SD_U_COUNT; bit++) {
		bool told = (i == 0 && bit == (unsigned)f->safe_bit) ||
			    (i == f->nchain - 1 && bit == (unsigned)f->unsafe_bit);

		if (!c->wit[bit] && !told)
			continue;
		fprintf(out, "   %s at:%s\n", sd_usage_name[bit], told ? " see above" : "");
		if (!told)
			sd_text_trace(c->wit[bit], INDENT + 4, out);
	}
}

/* print_shortest_lock_dependencies(): from the far end of the chain back to its first class. */
static void print_dependencies(const struct sd_results *r, const struct sd_finding *f, FILE *out)
{
	fputs("the shortest dependencies between 2nd lock and 1st lock:\n", out);
	for (size_t i = f->nchain; i-- > 0; ) {
		fputs("->", out);
		sd_text_class(&r->classes[f->chain[i]], out);
		fputs(" {\n", out);
		print_usages(r, f, i, out);
		fputs(" }\n", out);
		if (i && f->deps)
			print_acquired(r, f, i - 1, INDENT, " ... acquired at", out);
		fputc('\n', out);
	}
}

static void print_end(const struct sd_results *r, const struct sd_finding *f, size_t i, enum sd_usage bit,
		      const struct sd_witness *w, const char *words, FILE *out)
{
	print_class(r, f->chain[i], out);
	fprintf(out, "... which is %s-irq-%s: ", sd_irq_upper(f), words);
	print_usage_words(bit, out);
	fprintf(out, ", %s at:\n", sd_usage_name[bit]);
	sd_text_trace(w, INDENT, out);
	fputc('\n', out);
}

static void print_inversion(const struct sd_results *r, const struct sd_finding *f, FILE *out)
{
	const char *irq = sd_irq_upper(f);

	fputs("possible irq lock inversion dependency: ", out);
	for (size_t i = 0; i < f->nchain; i++)
		fprintf(out, "%s%s", i ? " --> " : "", sd_class_label(&r->classes[f->chain[i]]));
	fprintf(out, "\n\nthe dependency connects a %s-irq-safe lock:\n", irq);
	print_end(r, f, 0, f->safe_bit, sd_safe_witness(r, f), "safe", out);
	fprintf(out, "to a %s-irq-unsafe lock:\n", irq);
	print_end(r, f, f->nchain - 1, f->unsafe_bit, sd_unsafe_witness(r, f), "unsafe", out);
	fputs("and interrupts could create inverse lock ordering between them.\n\n", out);
	fputs("other info that might help us debug this:\n", out);
	sd_text_scenario(r, f, out);
	print_dependencies(r, f, out);
}

/* A line each: the way to them is in the database. */
static void print_others(const struct sd_finding *f, FILE *out)
{
	bool any = false;

	for (size_t i = 0; i < f->nwit; i++) {
		const struct sd_witness *w = f->wit[i];

		if (!sd_is_other_user(w))
			continue;
		if (!any)
			fputs("it is taken so by these, too:\n", out);
		any = true;
		fprintf(out, "%*s%s  %s:%d, entered: %s\n", INDENT, "", w->steps[0].function, w->steps[0].file,
			w->steps[0].line, w->entry);
	}
}

static void print_inconsistent(const struct sd_results *r, const struct sd_finding *f, FILE *out)
{
	fprintf(out, "inconsistent {%s} -> {%s} usage.\n", sd_usage_name[f->safe_bit], sd_usage_name[f->unsafe_bit]);
	fputs("the lock:\n", out);
	print_class(r, f->chain[0], out);
	fprintf(out, "{%s} state, ", sd_usage_name[f->safe_bit]);
	print_usage_words(f->safe_bit, out);
	fputs(", is registered at:\n", out);
	sd_text_trace(sd_safe_witness(r, f), INDENT, out);
	fprintf(out, "{%s} state, ", sd_usage_name[f->unsafe_bit]);
	print_usage_words(f->unsafe_bit, out);
	fputs(", is registered at:\n", out);
	sd_text_trace(sd_unsafe_witness(r, f), INDENT, out);
	print_others(f, out);
	fputs("\nother info that might help us debug this:\n", out);
	sd_text_scenario(r, f, out);
}

/* print_circular_bug(): "-> #n" tells where class n was acquired under class n - 1, #0 closes the circle. */
static void print_circular(const struct sd_results *r, const struct sd_finding *f, FILE *out)
{
	fputs("the locks:\n", out);
	for (size_t i = 0; i < f->nchain; i++)
		print_class(r, f->chain[i], out);
	fputs("\nthe dependency chain (in reverse order) is:\n\n", out);
	for (size_t i = f->nchain; f->deps && i-- > 0; ) {
		const struct sd_class *c = &r->classes[f->chain[i]];
		char *title = g_strdup_printf("-> #%zu (%s){%s}", i, sd_class_label(c), c->bits);

		print_acquired(r, f, i ? i - 1 : f->nchain - 1, INDENT + 4, title, out);
		fputc('\n', out);
		g_free(title);
	}
	fputs("other info that might help us debug this:\n", out);
	sd_text_scenario(r, f, out);
}

/* Kinds whose claims need no drawing beyond the traces: every witness under its role. */
static void print_plain(const struct sd_results *r, const struct sd_finding *f, FILE *out)
{
	GPtrArray *wits = sd_finding_witnesses(r, f);

	fprintf(out, "%s\n", f->title);
	if (f->nchain)
		fputs("the lock:\n", out);
	for (size_t i = 0; i < f->nchain; i++)
		print_class(r, f->chain[i], out);
	for (guint i = 0; i < wits->len; i++) {
		const struct sd_witness *w = wits->pdata[i];

		fprintf(out, "%s at:\n", w->role);
		sd_text_trace(w, INDENT, out);
	}
	fputc('\n', out);
	g_ptr_array_free(wits, TRUE);
	if (f->kind == SD_K_RECURSIVE)
		fputs("other info that might help us debug this:\n", out);
	sd_text_scenario(r, f, out);
}

void sd_text_finding(const struct sd_results *r, const struct sd_finding *f, FILE *out)
{
	print_banner(f, out);
	if (f->kind == SD_K_IRQ_INVERSION && f->nchain)
		print_inversion(r, f, out);
	else if (f->kind == SD_K_INCONSISTENT && f->nchain)
		print_inconsistent(r, f, out);
	else if (f->kind == SD_K_CIRCULAR && f->nchain)
		print_circular(r, f, out);
	else
		print_plain(r, f, out);
}
