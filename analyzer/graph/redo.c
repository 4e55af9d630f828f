/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * redo.c - what was interpreted while a function further up was not done.
 *
 * Nothing is known yet of a function that is being interpreted when it is called again from below (callee.c).  When it is done
 * and gives back locks (console_unlock(), reached again from a console's driver), who called it there with a lock held is
 * interpreted again, and so are its callers if it now ends otherwise than it had.  So is whoever called, holding what he may,
 * a helper that locks and turns interrupts off (irq_get_desc_buslock(), reached again from a chip's bus lock).
 *
 * A few rounds: each sees one call further up, or round a circle of functions; more for what only seemed to end with a lock
 * held, for all callers take that on.  In the order of the instances.
 */
#include <string.h>
#include "model.h"

#define ROUNDS 3
#define HELD_ROUNDS 12

void note_recursion(struct prog *p, uint32_t caller, uint32_t callee, bool held)
{
	struct recursion r = { caller, callee, held };

	g_array_append_val(p->recursions, r);
}

/* A map that is no lock hardly decides what may happen under it, and file systems' transactions are handed on everywhere. */
static bool gives_back(const struct prog *p, const struct inst *in)
{
	for (uint32_t i = 0; i < in->nexit; i++)
		for (unsigned k = 0; k < in->exits[i].nrel; k++)
			if (strcmp(str(p, raw_at(p, in->exits[i].rel[k].cls)->lock_type), "map"))
				return true;
	return false;
}

/* It takes a lock for its caller, with interrupts off from then on. */
static bool locks_up(const struct inst *in)
{
	for (uint32_t i = 0; i < in->nexit; i++)
		if (!in->exits[i].doubt && in->exits[i].irq == IRQ_IS_OFF && in->exits[i].nheld > in->exits[i].nrel)
			return true;
	return false;
}

static void forget(struct prog *p, struct inst *in)
{
	in->phase = 0;
	in->nexit = 0;
	in->exits = NULL;
	in->ret = 0, in->ret_bits = 0;
	in->ways = NULL;
	if (in->retfields)
		g_array_free(in->retfields, TRUE);
	in->retfields = NULL;
	p->cov.truncated -= in->truncated;
	in->truncated = in->ambiguous = false;
}

static unsigned held_at_exits(const struct inst *in)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < in->nexit; i++)
		n += in->exits[i].nheld;
	return n;
}

/* Does it end otherwise than before?  Exits are kept once: the same are at the same place. */
static bool again(struct prog *p, uint32_t id, bool by_held)
{
	struct inst *in = inst_at(p, id);
	const struct exit_effect *exits = in->exits;
	unsigned n = in->nexit, held = held_at_exits(in);

	forget(p, in);
	interpret(p, id);
	return by_held ? held_at_exits(in) < held : in->nexit != n || in->exits != exits;
}

struct calling_changed { const struct prog *p; const bool *changed; uint32_t n; bool *calls_one; };

static void look_for_callers(void *arg, unsigned worker, size_t from, size_t to)
{
	const struct calling_changed *c = arg;

	(void)worker;
	for (size_t i = from; i < to; i++) {
		const struct inst *in = inst_at(c->p, (uint32_t)i);

		for (guint k = 0; in->phase == 2 && k < in->calls->len && !c->calls_one[i]; k++) {
			uint32_t callee = g_array_index(in->calls, struct rec_call, k).callee;

			c->calls_one[i] = callee < c->n && c->changed[callee];
		}
	}
}

static GArray *callers_of(const struct prog *p, const bool *changed, uint32_t n)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	struct calling_changed c = { p, changed, n, g_new0(bool, p->insts->len + 1) };

	par_for(p->jobs, p->insts->len, 4096, look_for_callers, &c);
	for (uint32_t i = 0; i < p->insts->len; i++)
		if (c.calls_one[i])
			g_array_append_val(out, i);
	g_free(c.calls_one);
	return out;
}

static gint by_number(gconstpointer a, gconstpointer b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static GArray *misjudged(const struct prog *p)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (guint i = 0; i < p->recursions->len; i++) {
		const struct recursion *r = &g_array_index(p->recursions, struct recursion, i);

		if (r->caller != r->callee && inst_at(p, r->caller)->phase == 2 &&
		    (locks_up(inst_at(p, r->callee)) || (r->held && gives_back(p, inst_at(p, r->callee)))))
			g_array_append_val(out, r->caller);
	}
	g_array_sort(out, by_number);
	return out;
}

void redo_recursive(struct prog *p)
{
	GArray *due = misjudged(p);

	for (unsigned round = 0; round < HELD_ROUNDS && due->len; round++) {
		uint32_t n = p->insts->len, last = UINT32_MAX;
		bool *changed = g_new0(bool, n + 1), any = false;

		for (guint i = 0; i < due->len; i++) {
			uint32_t id = g_array_index(due, uint32_t, i);

			if (id != last && again(p, id, round + 1 >= ROUNDS))
				changed[id] = any = true;
			last = id;
		}
		g_array_free(due, TRUE);
		due = any && round + 1 < HELD_ROUNDS ? callers_of(p, changed, n) : g_array_new(FALSE, FALSE, sizeof(uint32_t));
		g_free(changed);
	}
	g_array_free(due, TRUE);
}
