/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump.c - the stages print themselves: --dump=instances|summaries|graph, without pointers.
 */
#include <string.h>
#include "model.h"

static void dump_held(struct prog *p, const struct inst *in, uint32_t held0, uint32_t nheld, FILE *out)
{
	fprintf(out, " held{");
	for (uint32_t i = 0; i < nheld; i++) {
		const struct held *h = &g_array_index(in->heldv, struct held, held0 + i);

		fprintf(out, "%s%s", i ? " " : "", str(p, raw_at(p, h->l.cls)->name));
	}
	fprintf(out, "}");
}

static void dump_exit(struct prog *p, const struct exit_effect *x, FILE *out)
{
	static const char *const irq[] = { "same", "on", "off", "either" };

	fprintf(out, "  exit irq=%s bh=%+d ret=%u", irq[x->irq], x->bh, x->ret);
	for (unsigned i = 0; i < x->nheld; i++) {
		char *t = term_text(p, x->held[i].l.obj);

		fprintf(out, " +%s(%s)", str(p, raw_at(p, x->held[i].l.cls)->name), t);
		g_free(t);
	}
	for (unsigned i = 0; i < x->nrel; i++) {
		char *t = term_text(p, x->rel[i].obj);

		fprintf(out, " -%s(%s)", str(p, raw_at(p, x->rel[i].cls)->name), t);
		g_free(t);
	}
	if (x->restore_key) {
		char *t = term_text(p, x->restore_key);

		fprintf(out, " restore(%s)", t);
		g_free(t);
	}
	if (x->ret_irq)
		fprintf(out, " returns-flags");
	fputc('\n', out);
}

static void dump_inst(struct prog *p, uint32_t id, FILE *out)
{
	const struct inst *in = inst_at(p, id);
	const struct func *f = func_at(p, in->fn);

	fprintf(out, "%s", str(p, f->ir->name));
	for (uint32_t k = 0; k < in->nbind; k++)
		if (in->bind[k]) {
			char *t = term_text(p, in->bind[k]);

			fprintf(out, " $%u=%s", k + 1, t);
			g_free(t);
		}
	for (uint32_t k = 0; k < in->ncond; k++) {
		char *t = term_text(p, in->cond[k].t);

		fprintf(out, " [%s is %u]", t, in->cond[k].sign);
		g_free(t);
	}
	fprintf(out, "  entry=%09llx%s\n", (unsigned long long)in->entry, in->truncated ? " truncated" : "");
	for (guint i = 0; i < in->acqs->len; i++) {
		const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, i);
		char *t = term_text(p, a->l.obj);

		fprintf(out, "  acquire %s (%s) line %d mode %u%s irq %u bh %d", str(p, raw_at(p, a->l.cls)->name), t,
			f->ir->events[a->ev].line, a->mode, a->trylock ? " try" : "", a->irq, a->bh);
		dump_held(p, in, a->held0, a->nheld, out);
		fputc('\n', out);
		g_free(t);
	}
	for (guint i = 0; i < in->calls->len; i++) {
		const struct rec_call *c = &g_array_index(in->calls, struct rec_call, i);

		fprintf(out, "  call %s line %d irq %u bh %d%s%s", str(p, func_at(p, inst_at(p, c->callee)->fn)->plain),
			f->ir->events[c->ev].line, c->irq, c->bh, c->slot ? " via " : "", str(p, c->slot));
		dump_held(p, in, c->held0, c->nheld, out);
		fputc('\n', out);
	}
	for (guint i = 0; i < in->enables->len; i++) {
		const struct rec_enable *e = &g_array_index(in->enables, struct rec_enable, i);

		fprintf(out, "  enable %s line %d", e->hard ? "hardirqs" : "softirqs", f->ir->events[e->ev].line);
		dump_held(p, in, e->held0, e->nheld, out);
		fputc('\n', out);
	}
	for (uint32_t i = 0; i < in->nexit; i++)
		dump_exit(p, &in->exits[i], out);
}

void dump_program(struct prog *p, const char *what, FILE *out)
{
	if (!strcmp(what, "graph")) {
		for (uint32_t i = 0; i < p->classes->len; i++)
			fprintf(out, "%u %s\n", i, str(p, raw_at(p, class_at(p, i)->raw)->name));
		return;
	}
	for (uint32_t i = 0; i < p->insts->len; i++)
		dump_inst(p, i, out);
}
